-- Stage `tree`: why a condition's parse tree does too much; null if it does not.
--
-- The trial run cannot tell: `sport <> 1 and …` hides the rest from it. So calls that copy or search a text are
-- counted, and those that compute with decimals: a product of 21 numbers has as many digits as all of them, and a sum
-- with it takes as long as a product.
create or replace function chat.check_work(p_quals text)
returns text
language plpgsql
stable
as $$
declare
  v_setting chat.setting;
  v_texts integer;
  v_numbers integer;
  v_has_patterns boolean;
begin
  select s.* into v_setting from chat.setting as s;
  select
    count(*) filter (where c.is_text_work), count(*) filter (where c.is_number_work),
    bool_or(c.max_pattern is not null)
  into v_texts, v_numbers, v_has_patterns
  from chat.list_work_calls(p_quals) as c;
  -- `'x' = any(tags)` calls nothing of its own.
  if position(':vartype ' || 'text[]'::regtype::oid || ' ' in p_quals) > 0 then
    v_texts := v_texts
      + regexp_count(p_quals, '\{VAR :varno 1 :varattno \d+ :vartype ' || 'text[]'::regtype::oid || ' ');
  end if;
  return case
    when v_texts > v_setting.max_text_calls then
      format('the clause searches or copies texts %s times; at most %s are allowed', v_texts, v_setting.max_text_calls)
    when v_numbers > v_setting.max_number_calls then
      format(
        'the clause computes with decimals %s times (+ - * / %% or rounding); at most %s are allowed',
        v_numbers, v_setting.max_number_calls
      )
    when v_has_patterns then chat.check_patterns(p_quals)
  end;
end
$$;
