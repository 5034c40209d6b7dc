-- The original's sport_event: its columns, and texts that compare by the database's locale, as there.
create or replace view public.sport_event as
select
  e.sport_event_id,
  e.timetag,
  e.sport,
  (e.match_title collate "default")::varchar as match_title,
  (e.data_event collate "default")::varchar as data_event
from feed.sport_event as e;

comment on view public.sport_event is
  'feed.sport_event as the original service had it; what is inserted here is stored and goes to no room';

create or replace trigger write
instead of insert or update or delete on public.sport_event
for each row execute function feed.write_sport_event();

create or replace trigger number_on
after insert or update on public.sport_event
for each statement execute function chat.number_on();
