-- Names that no column of a feed can have, since filters could not say them: words of SQL, and what every feed has.
create or replace function chat.list_reserved_names()
returns table (name text)
language sql
stable
as $$
  select k.word from pg_get_keywords() as k(word, code) where k.code <> 'U'
  union
  select w.word from chat.allowed_word as w where w.needs_types is null
  union
  -- What every table has without being asked: ctid, xmin, …
  select a.attname::text from pg_attribute as a where a.attrelid = 'pg_class'::regclass and a.attnum < 0
  union
  select n from unnest(array['message', 'stream_seq', 'subject', 'received_at', 'timetag']) as n
$$;
