-- The original's chat_event: a field that a message did not have is what protobuf takes it for, as there, and not null.
create or replace view public.chat_event as
select
  e.chat_event_id,
  e.timetag,
  e.msgtype,
  coalesce(e.userstatus, '')::varchar as userstatus,
  coalesce(e.username, '')::varchar as username,
  coalesce(e.roomid, 0) as roomid,
  coalesce(e.commentxt, '')::varchar as commentxt,
  coalesce(e.sportfilter, 'SAME')::varchar as sportfilter,
  coalesce(e.execfilter, 'SAME')::varchar as execfilter
from chat.chat_event as e
-- What rooms that came from another server got of feeds.
where e.msgtype not in (5, 6, 7) or e.message is null;

comment on view public.chat_event is
  'chat.chat_event as the original service had it: empty texts, 0 and SAME where ours is null';

create or replace trigger write
instead of insert or update or delete on public.chat_event
for each row execute function chat.write_chat_event();

create or replace trigger number_on
after insert or update on public.chat_event
for each statement execute function chat.number_on();
