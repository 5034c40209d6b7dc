-- The member who has a name already, by its key or by its look; nulls if there is none.
--
-- Two names in ASCII may look alike, as `l0la` and `lola` do.
create or replace function chat.find_namesake(p_username text, p_name_key text, p_look text)
returns chat.member
language plpgsql
stable
as $$
declare
  v_member chat.member;
begin
  select m.* into v_member from chat.member as m where m.name_key = p_name_key;
  if not found then
    select m.*
    into v_member
    from chat.member as m
    where m.look = p_look and not (chat.is_ascii(m.username) and chat.is_ascii(p_username))
    limit 1;
  end if;
  return v_member;
end
$$;
