-- Until when something holds, in words: `until <time>`, in UTC, or `for ever`.
create or replace function chat.describe_until(p_until timestamptz)
returns text
language sql
stable
as $$
  select case
    when p_until = 'infinity' then 'for ever'
    else 'until ' || to_char(p_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"+00"')
  end
$$;
