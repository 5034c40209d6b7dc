-- The number of a kind of chatmessage (enum msgtype in proto/chatmessage.proto); that of a feed's rows is in chat.feed.
create or replace function chat.msgtype(p_name text)
returns integer
language sql
immutable
strict
parallel safe
as $$
  select case p_name
    when 'ROOM_STATUS' then 1
    when 'JOIN_REQ' then 2
    when 'COMMENT' then 3
    when 'FILTER' then 4
    when 'FEED' then 7
  end
$$;
