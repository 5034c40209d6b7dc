-- Why a condition takes too long on a row of the largest size; null if it does not.
--
-- The time that the allowed functions take is a product of the lengths of the clause and of the row, up to seconds:
-- LIKE and position() where almost all of a pattern matches everywhere, trim() with a thousand characters to trim. So
-- the row grows by steps, and holds in turn an ordinary text and each long literal of the clause without its ends, over
-- and over.
create or replace function chat.try_large_rows(p_feed_id integer, p_canonical text)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_allowed interval := (select s.max_row_time from chat.setting as s);
  v_largest integer := (select max(c.max_bytes) from chat.feed_column as c where c.feed_id = p_feed_id);
  v_text text;
  v_bytes integer;
  v_took interval;
begin
  for v_text in
    select p.value from chat.probe_value as p where p.type_name = 'text' and p.number = 4
    union all
    select substr(d.pattern, 3, length(d.pattern) - 4)
    from chat.list_clause_tokens(p_canonical) as t
    cross join lateral (select replace(t.token, '%', '') as pattern) as d
    where t.kind = 'literal' and length(d.pattern) >= 64
  loop
    v_bytes := 1024;
    while v_bytes < v_largest loop
      v_bytes := least(v_bytes * 4, v_largest);
      v_took := chat.time_condition(chat.large_row(p_feed_id, v_text, v_bytes), p_canonical, v_allowed);
      if v_took > v_allowed then
        return format(
          'the clause is too slow: %s ms on a row of %s bytes, at most %s ms are allowed on one of %s',
          round(extract(epoch from v_took) * 1000), v_bytes, round(extract(epoch from v_allowed) * 1000), v_largest
        );
      end if;
    end loop;
  end loop;
  return null;
end
$$;
