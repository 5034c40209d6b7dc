-- Claims names, or looks, for users who are about to join a room on whichever server; one row per request.
--
-- This server is the home of p_words: a name's key behind `k:`, or its look behind `l:`; unless their p_slots have been
-- moved, then is_home is false and nothing was done. is_claimed says that the word
-- is this gateway's now. Else holder and holder_room_id say who has it, and is_elsewhere that it is the same name at
-- another gateway, whom the token is not of. The token of a name's claim is the member's, so whoever takes their place
-- back takes the claim, too. They may fail to get the place after that, and try again with the same token: so those
-- before count as well (resume_hash has the newest first). The room's server says which is the right one, and also
-- whether anybody has a name whose claim is nobody's.
create or replace function chat.claim_names(
  p_gateway_id integer,
  p_words text[],
  p_slots integer[],
  p_name_keys text[],
  p_usernames text[],
  p_room_ids integer[],
  p_new_tokens text[],
  p_resume_tokens text[]
)
returns table (
  number integer,
  is_home boolean,
  is_claimed boolean,
  holder text,
  holder_room_id integer,
  is_elsewhere boolean
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v chat.name_claim;
  v_token text;
begin
  -- One at a time: what is looked at must still be so when the claim is made.
  perform pg_advisory_xact_lock(chat.lock_class('claims'), 0);
  for i in 1..cardinality(p_words) loop
    v := chat.find_claim(p_words[i], p_name_keys[i], p_usernames[i]);
    v_token := chat.text_hash(p_resume_tokens[i]);
    is_home := exists (select from chat.slot as s where s.slot = p_slots[i]);
    number := i;
    holder := v.username;
    holder_room_id := v.room_id;
    is_claimed := is_home and (v.word is null or coalesce(
      v.name_key = p_name_keys[i] and v.room_id = p_room_ids[i]
      and (v.gateway_id is null or v_token = any (string_to_array(v.resume_hash, ' '))),
      false
    ));
    is_elsewhere := is_home and not is_claimed and v.name_key = p_name_keys[i]
      and v.gateway_id is distinct from p_gateway_id;
    if is_claimed then
      insert into chat.name_claim as c (word, slot, name_key, username, room_id, gateway_id, resume_hash)
      values (
        p_words[i], p_slots[i], p_name_keys[i], p_usernames[i], p_room_ids[i], p_gateway_id,
        concat_ws(' ', chat.text_hash(p_new_tokens[i]), v_token)
      )
      on conflict (word, name_key) do update
      set
        gateway_id = excluded.gateway_id,
        -- One who tries again and again with one token must not push out the one that is right.
        resume_hash = chat.with_token(c.resume_hash, p_new_tokens[i]),
        claimed_at = excluded.claimed_at;
    end if;
    return next;
  end loop;
end
$$;
