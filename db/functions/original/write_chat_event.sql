-- What is done to the view public.chat_event is done to chat.chat_event: a record, of which no room gets anything.
--
-- What the view shows for null becomes null again, so that the table tells the same of all its rows.
create or replace function chat.write_chat_event()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE' then
    delete from chat.chat_event as e where e.chat_event_id = old.chat_event_id;
    return old;
  end if;
  if tg_op = 'UPDATE' then
    update chat.chat_event as e
    set (chat_event_id, timetag, msgtype, userstatus, username, roomid, commentxt, sportfilter, execfilter) = (
      new.chat_event_id, new.timetag, new.msgtype,
      case when new.userstatus = old.userstatus then e.userstatus else nullif(new.userstatus, '') end,
      case when new.username = old.username then e.username else nullif(new.username, '') end,
      case when new.roomid = old.roomid then e.roomid else new.roomid end,
      case when new.commentxt = old.commentxt then e.commentxt else nullif(new.commentxt, '') end,
      case when new.sportfilter = old.sportfilter then e.sportfilter else nullif(new.sportfilter, 'SAME') end,
      case when new.execfilter = old.execfilter then e.execfilter else nullif(new.execfilter, 'SAME') end
    )
    where e.chat_event_id = old.chat_event_id;
    return new;
  end if;
  new.chat_event_id := coalesce(new.chat_event_id, nextval('public.chat_event_chat_event_id_seq'));
  new.timetag := coalesce(new.timetag, floor(extract(epoch from clock_timestamp()))::bigint);
  insert into chat.chat_event (
    chat_event_id, timetag, msgtype, userstatus, username, roomid, commentxt, sportfilter, execfilter
  ) values (
    new.chat_event_id, new.timetag, new.msgtype, nullif(new.userstatus, ''), nullif(new.username, ''), new.roomid,
    nullif(new.commentxt, ''), nullif(new.sportfilter, 'SAME'), nullif(new.execfilter, 'SAME')
  );
  return new;
end
$$;
