-- Claims of gateways that do not live any more, or those of one word; with the rooms that they are for.
--
-- Whether such a member is still in the room only its server knows, so whoever asks this looks there before
-- drop_claims. A claim that is younger than the grace is not told: a join may be under way that its gateway began. Any
-- of them are told first: those whose rooms' server is away must not keep others from their turn for ever.
create or replace function chat.list_lost_claims(p_word text default null, p_most integer default 1000)
returns table (word text, name_key text, room_id integer, gateway_id integer)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.word, f.name_key, f.room_id, f.gateway_id
  from (
    select c.* from chat.name_claim as c where c.word = p_word
    union all
    select c.* from chat.name_claim as c where p_word is null
  ) as f
  where (f.gateway_id is null or f.gateway_id not in (select l.id from chat.list_lock_holders('gateway') as l))
    and f.claimed_at < clock_timestamp() - (select s.gateway_grace from chat.setting as s)
  order by random()
  limit p_most
$$;
