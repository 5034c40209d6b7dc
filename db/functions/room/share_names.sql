-- Whether two of these users ask for the same name, by its key or by its look (find_holders).
create or replace function chat.share_names(p_usernames text[], p_name_keys text[], p_looks text[])
returns boolean
language sql
stable
as $$
  select exists (
    select from unnest(p_name_keys) as k group by k having count(*) > 1
  ) or exists (
    select
    from unnest(p_looks, p_usernames) as l(look, username)
    where l.look is not null
    group by l.look
    having count(*) > 1 and not bool_and(chat.is_ascii(l.username))
  )
$$;
