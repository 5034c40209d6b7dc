-- Claims of gateways that are gone for longer than the grace, with the rooms that they are for.
--
-- Whether such a member is still in the room only its server knows; so whoever asks this looks there before
-- drop_claims. A claim is not told within the grace, in which whoever lost the gateway may come back.
create or replace function chat.list_lost_claims(p_most integer default 1000)
returns table (word text, name_key text, room_id integer, gateway_id integer)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.word, c.name_key, c.room_id, c.gateway_id
  from chat.name_claim as c
  where c.claimed_at < clock_timestamp() - (select s.gateway_grace from chat.setting as s)
    and not exists (
      select from chat.gateway as g
      where g.gateway_id = c.gateway_id
        and (g.missing_since is null or g.missing_since > clock_timestamp() - (
          select s.gateway_grace from chat.setting as s
        ))
    )
  limit p_most
$$;
