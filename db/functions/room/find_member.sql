-- The member with a name, in whichever room and whichever way it is written; nulls if there is none.
create or replace function chat.find_member(p_name text)
returns chat.member
language sql
stable
as $$
  select m.* from chat.member as m where m.name_key = chat.name_key(p_name)
$$;
