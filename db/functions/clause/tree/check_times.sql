-- Why a literal of a clause is no time as a filter takes it; null if none is.
--
-- Postgres has read it by now: a canonical text holds what it made of it. `now` and `today` have become the time of
-- this transaction, which their writer does not mean; 01/02/2026 is two dates, and names of zones mean what is set.
-- So a literal of another form than ISO 8601 must not be found there as a time.
create or replace function chat.check_times(p_normalized text, p_canonical text)
returns text
language sql
stable
as $$
  with literal as (
    select chat.unquote_literal(t.token) as text
    from chat.list_clause_tokens(p_normalized) as t
    where t.kind = 'literal' and p_canonical like '%::timestamp with%'
  ),
  other as (
    -- A case: Postgres may cast what it selects before it looks at the condition.
    select l.text, case when pg_input_is_valid(l.text, 'timestamptz') then l.text::timestamptz end as value
    from literal as l
    where l.text !~ ('^\s*(\d{4,6}-\d\d?-\d\d?([ T]\d\d?:\d\d(:\d\d(\.\d{1,6})?)?)?\s*(Z|[-+]\d\d?(:?\d\d)?)?'
      || '|-?infinity)\s*$')
  )
  select case
    when chat.fold_word(o.text) ~ '\m(now|today|tomorrow|yesterday)\M'
      then format(
        '%L would be the time of now for ever: a filter has no clock; write a time: ''2026-11-01 12:00''', o.text
      )
    else format('%L is not a time as a filter takes it; write ''2026-11-01 12:00'', in UTC, or with +01 behind', o.text)
  end
  from other as o
  join chat.list_clause_tokens(p_canonical) as t on t.kind = 'literal' and t.next_token = '::'
  where t.token = quote_literal(o.value::text)
    and substr(p_canonical, (t.place + length(t.token))::integer) like '::timestamp with%'
  limit 1
$$;
