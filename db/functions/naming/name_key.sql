-- What of a name is compared: two with the same key are one person's. The only place that knows, with find_member.
create or replace function chat.name_key(p_name text)
returns text
language sql
immutable
parallel safe
as $$
  select p_name
$$;
