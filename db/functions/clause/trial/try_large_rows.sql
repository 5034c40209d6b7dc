-- Why a condition takes too long on a row of the largest size; null if it does not.
--
-- The time that the allowed functions take is a product of the lengths of the clause and of the row, up to seconds:
-- LIKE and position() where almost all of a pattern matches everywhere, trim() with a thousand characters to trim. So
-- the row grows by steps, and holds an ordinary text and then each of the clause's longest literals without its ends,
-- over and over. All of it together may take five times what one row may.
create or replace function chat.try_large_rows(p_feed_id integer, p_canonical text)
returns text
language plpgsql
volatile
as $$
declare
  v_allowed interval := (select s.max_row_time from chat.setting as s);
  v_largest integer := (select max(c.max_bytes) from chat.feed_column as c where c.feed_id = p_feed_id);
  v_row record;
  v_took interval;
  v_total interval := '0';
begin
  for v_row in
    with text as (
      select 0::bigint as number, p.value
      from chat.probe_value as p
      where p.type_name = 'text' and p.number = 4
      union all
      select row_number() over (order by length(l.value) desc), l.value
      from (
        select distinct substr(d.pattern, 3, length(d.pattern) - 4) as value
        from chat.list_clause_tokens(p_canonical) as t
        cross join lateral (select replace(t.token, '%', '') as pattern) as d
        where t.kind = 'literal' and length(d.pattern) >= 16
      ) as l
    )
    select t.value, v_largest / s.part as bytes
    from text as t
    cross join unnest(array[256, 64, 16, 4, 1]) as s(part)
    where t.number <= 20 and (t.number = 0 or s.part in (1, 16))
    order by t.number, s.part desc
  loop
    v_took := chat.time_condition(chat.large_row_select(p_feed_id, v_row.value, v_row.bytes), p_canonical, v_allowed);
    v_total := v_total + v_took;
    if v_took > v_allowed or v_total > 5 * v_allowed then
      return format(
        'the clause is too slow: %s ms on a row of %s bytes, at most %s ms are allowed on one of %s',
        round(extract(epoch from greatest(v_took, v_total / 5)) * 1000), v_row.bytes,
        round(extract(epoch from v_allowed) * 1000), v_largest
      );
    end if;
  end loop;
  return null;
end
$$;
