-- Why a user may not enter a room, as a status and in words; nulls if they may.
create or replace function chat.find_denial(
  p_username text,
  p_room_id integer,
  p_name_key text default null,
  p_look text default null,
  out userstatus text,
  out reason text
)
language plpgsql
stable
as $$
declare
  v_rooms integer := (select count(*) from chat.room as r where r.is_open);
  v_max_chars integer := (select s.max_name_chars from chat.setting as s);
  v_max_users integer := (select r.max_users from chat.room as r where r.room_id = p_room_id and r.is_open);
  v_bar record := chat.find_bar(p_username, p_room_id);
  v_name_key text := coalesce(p_name_key, chat.name_key(p_username));
  v_taken chat.member := chat.find_namesake(p_username, v_name_key, p_look);
begin
  if v_max_users is null then
    userstatus := 'DENIED_BADROOMID';
    reason := format('there is no room %s; rooms are 0 to %s', coalesce(p_room_id::text, '(none given)'), v_rooms - 1);
  elsif coalesce(p_username, '') = '' then
    userstatus := 'DENIED_BADNAME';
    reason := format('the name is empty; give one of 1 to %s characters', v_max_chars);
  elsif length(p_username) > v_max_chars then
    userstatus := 'DENIED_BADNAME';
    reason := format('the name has %s characters; at most %s are allowed', length(p_username), v_max_chars);
  elsif p_username ~ '[[:cntrl:]]' then
    userstatus := 'DENIED_BADNAME';
    reason := 'the name holds a control character; leave it out';
  elsif v_bar.userstatus is not null then
    userstatus := v_bar.userstatus;
    reason := v_bar.reason;
  elsif v_taken.username is not null then
    userstatus := 'DENIED_NAMETAKEN';
    reason := format(
      'the name %s %s in use in room %s; choose another', quote_literal(p_username),
      case
        when v_taken.username = p_username then 'is'
        when v_taken.name_key = v_name_key then format('is the same as %s, which is', quote_literal(v_taken.username))
        else format('looks like %s, which is', quote_literal(v_taken.username))
      end,
      v_taken.room_id
    );
  elsif (select count(*) >= v_max_users from chat.member as m where m.room_id = p_room_id) then
    userstatus := 'DENIED_ROOMFULL';
    reason := format('room %s is full (%s users); try again later or choose another', p_room_id, v_max_users);
  end if;
end
$$;
