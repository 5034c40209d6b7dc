-- Makes claims this gateway's that its members have, and returns the places in p_words of those that others have.
--
-- A claim is lost with a gateway's id, when its home took the gateway for dead, and with the last moments of a home
-- whose standby was promoted. What a claim says of the same name in the same room is meant for the same member; but if
-- it is another living gateway's, somebody is just taking the place back there, or has done so.
create or replace function chat.renew_claims(
  p_gateway_id integer,
  p_words text[],
  p_slots integer[],
  p_name_keys text[],
  p_usernames text[],
  p_room_ids integer[],
  p_tokens text[]
)
returns integer[]
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lost integer[];
begin
  perform pg_advisory_xact_lock(chat.lock_class('claims'), 0);
  v_lost := array(
    select u.place::integer
    from unnest(p_words, p_name_keys, p_usernames, p_room_ids)
      with ordinality as u(word, name_key, username, room_id, place)
    where exists (
      select from chat.name_claim as c
      where c.word = u.word and (
        c.name_key = u.name_key and c.room_id <> u.room_id
        or c.name_key <> u.name_key and not (chat.is_ascii(c.username) and chat.is_ascii(u.username))
      )
    )
  );
  insert into chat.name_claim as c (word, slot, name_key, username, room_id, gateway_id, resume_hash)
  select u.word, u.slot, u.name_key, u.username, u.room_id, p_gateway_id, chat.text_hash(u.token)
  from unnest(p_words, p_slots, p_name_keys, p_usernames, p_room_ids, p_tokens)
    with ordinality as u(word, slot, name_key, username, room_id, token, place)
  where u.place <> all (v_lost) and u.slot in (select s.slot from chat.slot as s)
  on conflict (word, name_key) do update set gateway_id = excluded.gateway_id, resume_hash = excluded.resume_hash
  where c.gateway_id is null or c.gateway_id not in (select l.id from chat.list_lock_holders('gateway') as l);
  return v_lost;
end
$$;
