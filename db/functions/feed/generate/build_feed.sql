-- Makes anew what is generated of a feed's rows here: the functions that store them, and its table's triggers.
--
-- The router, which depends on the rooms' filters, is refresh_router's.
create or replace function chat.build_feed(p_feed_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_feed chat.feed;
  v_encoder text;
  v_former record;
begin
  select f.* into v_feed from chat.feed as f where f.feed_id = p_feed_id;
  -- Under its former parameters it would stand beside the new one.
  for v_former in
    select p.oid::regprocedure as signature
    from pg_proc as p
    where p.pronamespace = 'feed'::regnamespace and p.proname = 'store_' || v_feed.name
  loop
    execute format('drop function %s', v_former.signature);
  end loop;
  execute chat.write_store(v_feed);
  execute format(
    'create or replace trigger begin_routing before insert on feed.%I for each statement '
    'when (current_setting(''chat.is_routed'', true) is distinct from ''off'' '
    'and current_setting(''chat.is_log_locked'', true) is distinct from ''on'') execute function chat.begin_routing()',
    v_feed.name
  );
  v_encoder := chat.write_encoder(v_feed);
  if v_encoder is not null then
    execute v_encoder;
    execute format(
      'create or replace trigger make_message before insert or update on feed.%I for each row '
      'when (new.message is null) execute function feed.%I()',
      v_feed.name, 'encode_' || v_feed.name
    );
  end if;
  execute coalesce(chat.write_view_writer(v_feed), 'select');
  execute format('revoke execute on function feed.%I from public', 'store_' || v_feed.name);
  if chat.part_role('bridge') is not null then
    execute format('grant execute on function feed.%I to %s', 'store_' || v_feed.name, chat.part_role('bridge'));
    execute format('grant execute on function feed.%I to %s', 'store_' || v_feed.name, chat.part_role('operator'));
  end if;
end
$$;
