-- A number with an exponent or underscores as a filter takes it; null if it is none, or too long for one.
create or replace function chat.write_out(p_token text)
returns text
language sql
immutable
as $$
  select n.digits
  from (
    -- A case and no `where`: Postgres may compute what it selects before it looks at the condition.
    select case
      when p_token ~ '^([0-9]+(_[0-9]+)*\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?$' and length(p_token) <= 40
        then trim_scale(replace(p_token, '_', '')::numeric)::text
    end
  ) as n(digits)
  where n.digits ~ '^([0-9]{1,18}|[0-9]{1,15}\.[0-9]{1,15})$'
$$;
