-- Who has the names that users ask for, by the names' keys or by their looks; null for a name that is free.
--
-- has_token says that the token is the one that takes the holder's place back, which only the same name can do;
-- is_elsewhere that the same name is another gateway's member, whom the token is not of. Two names in ASCII may look
-- alike, as `l0la` and `lola` do.
create or replace function chat.find_holders(
  p_gateway_id integer,
  p_usernames text[],
  p_name_keys text[],
  p_looks text[],
  p_resume_tokens text[]
)
returns table (number integer, holder chat.member, has_token boolean, is_elsewhere boolean)
language plpgsql
stable
as $$
begin
  return query
  select
    q.number::integer,
    case when m.member_id is not null then m.member else l.member end,
    t.is_right,
    m.gateway_id <> p_gateway_id and not t.is_right
  from unnest(p_usernames, p_name_keys, p_looks, p_resume_tokens)
    with ordinality as q(username, name_key, look, token, number)
  -- offset: by the index, however many members there are.
  left join lateral (
    select o as member, o.member_id, o.gateway_id, o.resume_hash
    from chat.member as o
    where o.name_key = q.name_key
    offset 0
  ) as m on true
  cross join lateral (select coalesce(m.resume_hash = chat.text_hash(q.token), false) as is_right) as t
  left join lateral (
    select o as member
    from chat.member as o
    where o.look = q.look and not (chat.is_ascii(o.username) and chat.is_ascii(q.username))
    limit 1
  ) as l on m.member_id is null;
end
$$;
