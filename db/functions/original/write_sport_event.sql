-- What is done to the view public.sport_event is done to chat.sport_event; nothing of it is announced.
--
-- There an inserted row went to no room either, and old rows that are loaded are no news. To have rooms get a row,
-- insert it into chat.sport_event.
create or replace function chat.write_sport_event()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_routed text := current_setting('chat.is_routed', true);
begin
  if tg_op = 'DELETE' then
    delete from chat.sport_event as e where e.sport_event_id = old.sport_event_id;
    return old;
  end if;
  if octet_length(new.match_title) > 4096 or octet_length(new.data_event) > 1048576 then
    perform chat.check_column_bytes('match_title', new.match_title, 4096);
    perform chat.check_column_bytes('data_event', new.data_event, 1048576);
  end if;
  if tg_op = 'UPDATE' then
    update chat.sport_event as e
    set
      sport_event_id = new.sport_event_id,
      timetag = new.timetag,
      sport = new.sport,
      match_title = new.match_title,
      data_event = new.data_event,
      -- Made anew for another content.
      message = case
        when (new.sport, new.match_title, new.data_event)
          is not distinct from (old.sport, old.match_title, old.data_event) then e.message
      end
    where e.sport_event_id = old.sport_event_id;
    return new;
  end if;
  new.sport_event_id := coalesce(new.sport_event_id, nextval('public.sport_event_sport_event_id_seq'));
  new.timetag := coalesce(new.timetag, floor(extract(epoch from clock_timestamp()))::bigint);
  perform set_config('chat.is_routed', 'off', true);
  insert into chat.sport_event (sport_event_id, timetag, sport, match_title, data_event)
  values (new.sport_event_id, new.timetag, new.sport, new.match_title, new.data_event);
  perform set_config('chat.is_routed', coalesce(v_routed, ''), true);
  return new;
end
$$;
