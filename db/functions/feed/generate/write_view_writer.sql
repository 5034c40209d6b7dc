-- The text of feed.write_<name>, the trigger of the view public.<name>: what is done to it is done to feed.<name>.
--
-- For the feeds that the original had. There an inserted row went to no room either, and old rows that are loaded are
-- no news. To have rooms get a row, insert it into feed.<name>. A message is made anew for another content.
create or replace function chat.write_view_writer(p_feed chat.feed)
returns text
language sql
stable
as $$
  select format(
    'create or replace function feed.%I() returns trigger language plpgsql volatile security definer '
    'set search_path = pg_catalog, pg_temp as %L',
    'write_' || p_feed.name,
    format(
      $body$
declare
  v_routed text := current_setting('chat.is_routed', true);
begin
  if tg_op = 'DELETE' then
    delete from feed.%1$I as e where e.%2$I = old.%2$I;
    return old;
  end if;
  if %3$s then
    %4$s;
  end if;
  if tg_op = 'UPDATE' then
    update feed.%1$I as e
    set
      (%2$I, timetag, %5$s) = (new.%2$I, new.timetag, %6$s),
      message = case when (%6$s) is not distinct from (%7$s) then e.message end
    where e.%2$I = old.%2$I;
    return new;
  end if;
  new.%2$I := coalesce(new.%2$I, nextval(%8$L));
  new.timetag := coalesce(new.timetag, floor(extract(epoch from clock_timestamp()))::bigint);
  perform set_config('chat.is_routed', 'off', true);
  insert into feed.%1$I (%2$I, timetag, %5$s) values (new.%2$I, new.timetag, %6$s);
  perform set_config('chat.is_routed', coalesce(v_routed, ''), true);
  return new;
end
$body$,
      p_feed.name,
      p_feed.key_column,
      string_agg(format('octet_length(new.%I) > %s', c.column_name, c.max_bytes), ' or ' order by c.position)
        filter (where c.max_bytes is not null),
      string_agg(
        format('perform chat.check_column_bytes(%1$L, new.%1$I, %2$s)', c.column_name, c.max_bytes),
        e';\n    ' order by c.position
      ) filter (where c.max_bytes is not null),
      string_agg(quote_ident(c.column_name), ', ' order by c.position),
      string_agg(format('new.%I', c.column_name), ', ' order by c.position),
      string_agg(format('old.%I', c.column_name), ', ' order by c.position),
      chat.key_sequence(format('feed.%I', p_feed.name)::regclass)
    )
  )
  from chat.feed_column as c
  where c.feed_id = p_feed.feed_id and not c.is_computed and p_feed.message_field is not null
  having count(*) > 0
$$;
