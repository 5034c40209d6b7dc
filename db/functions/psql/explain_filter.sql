-- How a room's filter of a feed is evaluated: its signature, how rows find it, and what is then looked at.
create or replace function chat.explain_filter(p_room integer, p_feed text)
returns table (item text, value text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_feed chat.feed := chat.find_feed(p_feed);
  v_filter record;
  v_read record;
  v_signature chat.signature;
  v_routed chat.routed_filter;
begin
  perform chat.require_room(p_room);
  select f.clause, f.state, f.reason, t.*
  into v_filter
  from chat.room_filter as f
  join chat.filter as t on t.filter_id = f.filter_id
  where f.room_id = p_room and f.feed_id = v_feed.feed_id and f.state <> 'replaced';
  if not found or v_filter.canonical in ('true', 'false') then
    return query select 'filter', coalesce(v_filter.clause, v_feed.default_clause) || ', which needs no look at a row';
    return;
  end if;
  v_read := chat.read_signature(v_filter.canonical);
  select s.*
  into v_signature
  from chat.signature as s
  where s.feed_id = v_feed.feed_id and s.template_hash = chat.text_hash(v_read.template);
  select r.* into v_routed from chat.routed_filter as r where r.filter_id = v_filter.filter_id;
  return query
    select i.item, i.value
    from (
      values
        ('filter', v_filter.canonical),
        ('suspended', case when v_filter.state = 'suspended' then v_filter.reason end),
        ('signature', v_read.template),
        ('constants', nullif(array_to_string(v_read.constants, ', '), '')),
        ('filters', v_signature.filters || ' of this signature are evaluated now'),
        (
          'form',
          case
            when v_routed is null then 'none: nobody is in a room with it'
            else case when v_routed.is_indexed then v_signature.form else 'direct' end
          end
        )
    ) as i(item, value)
    where i.value is not null
    union all
    select * from chat.explain_form(v_signature, v_routed.is_indexed)
    where v_routed is not null;
end
$$;
