-- A condition's parse tree without the literals in lists of nothing but literals, with or without a cast by Postgres.
create or replace function chat.leave_out_lists(p_quals text)
returns text
language sql
immutable
as $$
  select case
    when position('{FUNCEXPR ' in p_quals) + position(':elements ' in p_quals) = 0 then p_quals
    else
      regexp_replace(
        regexp_replace(
          p_quals, '\{FUNCEXPR [^{}]*:funcformat 2 [^{}]*:args \(\{(CONST [^{}]*)\}\)[^{}]*\}', '{\1}', 'g'
        ),
        ':elements \((\{CONST [^{}]*\} ?)+\)', '', 'g'
      )
  end
$$;
