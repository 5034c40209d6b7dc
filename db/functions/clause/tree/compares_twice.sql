-- Whether a settled outline (is_settled) compares one of its columns twice, so that its parts may exclude each other.
create or replace function chat.compares_twice(p_outline text)
returns boolean
language plpgsql
immutable
as $$
begin
  return (select count(*) > count(distinct m[1]) from regexp_matches(p_outline, '\((\w+) [=<>!~]', 'g') as m);
end
$$;
