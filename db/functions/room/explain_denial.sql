-- Why a user may not enter a room, in words, where judge_joins has denied it. p_taken is who has the name.
create or replace function chat.explain_denial(
  p_userstatus text,
  p_username text,
  p_room_id integer,
  p_name_key text,
  p_taken chat.member
)
returns text
language plpgsql
stable
as $$
declare
  v_max_chars integer := (select s.max_name_chars from chat.setting as s);
begin
  return case p_userstatus
    when 'DENIED_BADROOMID' then format(
      'there is no room %s; rooms are 0 to %s', coalesce(p_room_id::text, '(none given)'),
      chat.count_open_rooms() - 1
    )
    when 'DENIED_BADNAME' then case
      when coalesce(p_username, '') = '' then format('the name is empty; give one of 1 to %s characters', v_max_chars)
      when length(p_username) > v_max_chars then
        format('the name has %s characters; at most %s are allowed', length(p_username), v_max_chars)
      else 'the name holds a control character; leave it out'
    end
    when 'DENIED_NAMETAKEN' then format(
      'the name %s %s in use in room %s; choose another', quote_literal(p_username),
      case
        when p_taken.username = p_username then 'is'
        when p_taken.name_key = p_name_key then format('is the same as %s, which is', quote_literal(p_taken.username))
        else format('looks like %s, which is', quote_literal(p_taken.username))
      end,
      p_taken.room_id
    )
    when 'DENIED_ROOMFULL' then format(
      'room %s is full (%s users); try again later or choose another', p_room_id,
      (select r.max_users from chat.room as r where r.room_id = p_room_id)
    )
  end;
end
$$;
