-- Whether somebody can be called this, as far as Postgres looks at names: gateways look more closely (gateway/names).
create or replace function chat.is_possible_name(p_username text)
returns boolean
language sql
stable
as $$
  select coalesce(
    length(p_username) between 1 and (select s.max_name_chars from chat.setting as s)
    and p_username !~ '[[:cntrl:]]',
    false
  )
$$;
