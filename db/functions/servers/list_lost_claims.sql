-- Claims of gateways that do not live any more, or those of one name; with the rooms that they are for.
--
-- Whether such a member is still in the room only its server knows, so whoever asks this looks there before
-- drop_claims. A claim that is younger than the grace is not told: a join may be under way that its gateway began. Any
-- of them are told first: those whose rooms' server is away must not keep others from their turn for ever.
create or replace function chat.list_lost_claims(p_name_key text default null, p_most integer default 1000)
returns table (word text, name_key text, room_id integer, gateway_id integer)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.word, c.name_key, c.room_id, c.gateway_id
  from chat.name_claim as c
  where (c.gateway_id is null or c.gateway_id not in (select l.id from chat.list_lock_holders('gateway') as l))
    and c.claimed_at < clock_timestamp() - (select s.gateway_grace from chat.setting as s)
    and (p_name_key is null or c.name_key = p_name_key)
  order by random()
  limit p_most
$$;
