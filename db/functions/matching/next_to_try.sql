-- The signature whose forms are to be compared next, of those whose number of filters changed much; null if none.
--
-- Fewer filters are no trouble as they are, and doubling costs not much more than the last time; from some number on
-- they cost in proportion, so nothing else will be cheaper.
create or replace function chat.next_to_try()
returns chat.signature
language sql
stable
as $$
  select s.*
  from chat.signature as s
  where s.reason is null
    and (
      (s.form <> 'direct' and s.filters < 16)
      or (
        s.filters >= 32
        and cardinality(chat.list_forms(s)) > 1
        and (
          s.tried_with = 0
          or (s.filters >= 2 * s.tried_with and s.tried_with < 4000)
          or (s.microseconds is null and chat.has_rows(s.feed_id, 100))
          -- The rows may be others by now, and the last time may have been a busy one.
          or s.tried_at < clock_timestamp() - interval '1 hour'
        )
      )
    )
  order by s.filters desc
  limit 1
$$;
