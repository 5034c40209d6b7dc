-- Raises RM601 if nobody with a name is in a room, and says where they are or who is there.
create or replace function chat.require_member(p_room integer, p_name text)
returns void
language plpgsql
stable
as $$
declare
  v_member chat.member := chat.find_member(p_name);
begin
  if v_member.room_id = p_room then
    return;
  end if;
  raise exception 'there is no % in room %', quote_literal(left(p_name, 64)), p_room
    using
      errcode = 'RM601',
      hint = case
        when v_member.room_id is not null then format('they are in room %s', v_member.room_id)
        else coalesce(
          (
            select 'in it are ' || string_agg(quote_literal(m.username), ', ' order by m.joined_at, m.username)
            from (
              select o.username, o.joined_at from chat.member as o where o.room_id = p_room
              order by o.joined_at, o.username limit 20
            ) as m
          ),
          'nobody is in it'
        )
      end;
end
$$;
