-- What a filter says for a word about times that it may not hold; null if nothing comes to mind.
--
-- A filter looks at one row when it comes, and never again, so what depends on a clock or on the time zone that is set
-- would mean one thing now and another one later.
create or replace function chat.name_clock(p_word text)
returns text
language sql
immutable
as $$
  select i.instead
  from (
    values
      (
        '{now,current_timestamp,current_date,current_time,localtimestamp,localtime,clock_timestamp,'
        'statement_timestamp,transaction_timestamp,timeofday,age}'::text[],
        'a filter has no clock: it looks at a row once, when that comes; compare with a time: > ''2026-11-01 12:00'', '
        'and set another filter later'
      ),
      (
        '{interval,make_interval}',
        'spans of time are not added in a filter, since a day is not always of 24 hours; '
        'write the time itself: > ''2026-11-01 12:00'''
      ),
      (
        '{date_trunc,date_bin,to_char,date,time,timetz,to_timestamp,to_date}',
        'dates depend on a time zone; write both ends: >= ''2026-11-01'' and … < ''2026-11-02'', '
        'or extract(hour from … at time zone ''UTC'')'
      ),
      ('{date_part}', 'write extract(hour from … at time zone ''UTC'')'),
      ('{with,without}', 'write timestamp ''2026-11-01 12:00'', which is in UTC, or put the zone in: ''… 12:00+01''')
  ) as i(words, instead)
  where p_word = any (i.words)
$$;
