-- Why a call in a condition's parse tree has a last argument that it may not have; null if none has.
--
-- The patterns of LIKE, position() and trim() are literals of bounded length, since the time is a product of theirs and
-- the text's; so is what @>, && and others search a list or JSON for. JSON is only more or less than a number: texts in
-- it would be compared by the database's locale. The places of round() and trunc() are a small literal, since a
-- result may have as many.
create or replace function chat.check_patterns(p_quals text)
returns text
language plpgsql
stable
as $$
declare
  v_tree text := chat.write_patterns(p_quals);
  v_reason text;
begin
  -- From the inside out: everything that holds no more nodes becomes <>.
  while position('{' in v_tree) > 0 loop
    select p.reason
    into v_reason
    from regexp_matches(v_tree, '\{([^{}]*)\}', 'g') as m
    cross join lateral chat.list_work_calls(m[1]) as c
    cross join lateral regexp_match(m[1], '([#n]?)<(-?\d*)>\) :location') as a(last)
    cross join lateral chat.explain_pattern(c.name, c.is_number_work, a.last, c.max_pattern) as p(reason)
    where p.reason is not null
    limit 1;
    exit when found;
    v_tree := regexp_replace(v_tree, '\{[^{}]*\}', '<>', 'g');
  end loop;
  return v_reason;
end
$$;
