-- Stage `tree`: why a condition's parse tree does too much with texts; null if it does not.
--
-- The trial run cannot tell: `sport <> 1 and …` hides the rest from it. So calls that copy or search a text are
-- counted, and the patterns of LIKE, position() and trim() are literals of bounded length, since the time is a
-- product of theirs and the text's.
create or replace function chat.check_text_work(p_quals text)
returns text
language plpgsql
stable
as $$
declare
  v_max_calls integer := (select s.max_text_calls from chat.setting as s);
  v_calls integer;
  v_has_patterns boolean;
  v_tree text := p_quals;
  v_call record;
begin
  select count(*), bool_or(c.max_pattern is not null)
  into v_calls, v_has_patterns
  from chat.list_text_calls(p_quals) as c;
  if v_calls > v_max_calls then
    return format('the clause searches or copies texts %s times; at most %s are allowed', v_calls, v_max_calls);
  end if;
  if not v_has_patterns then
    return null;
  end if;
  -- From the inside out: a literal becomes <its size>, everything else that holds no more nodes becomes <>.
  v_tree := regexp_replace(
    v_tree, '\{CONST [^{}]*:constlen -1 [^{}]*:constisnull false [^{}]*:constvalue (\d+) \[[^{}]*\}', '<\1>', 'g'
  );
  while position('{' in v_tree) > 0 loop
    for v_call in
      select c.name, c.max_pattern, substring(m[1] from ':args \(.*<(\d+)>\)')::integer - 4 as size
      from regexp_matches(v_tree, '\{([^{}]*)\}', 'g') as m
      cross join lateral chat.list_text_calls(m[1]) as c
      where c.max_pattern is not null
    loop
      if v_call.size is null then
        return format('the pattern of %s must be written as a literal', v_call.name);
      elsif v_call.size > v_call.max_pattern then
        return format(
          'the pattern of %s has %s bytes; at most %s are allowed', v_call.name, v_call.size, v_call.max_pattern
        );
      end if;
    end loop;
    v_tree := regexp_replace(v_tree, '\{[^{}]*\}', '<>', 'g');
  end loop;
  return null;
end
$$;
