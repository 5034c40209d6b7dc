-- Drops claims that list_lost_claims told, unless somebody has claimed them anew meanwhile.
create or replace function chat.drop_claims(p_words text[], p_name_keys text[], p_gateway_ids integer[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(chat.lock_class('claims'), 0);
  delete from chat.name_claim as c
  using unnest(p_words, p_name_keys, p_gateway_ids) as u(word, name_key, gateway_id)
  where c.word = u.word and c.name_key = u.name_key and c.gateway_id is not distinct from u.gateway_id;
end
$$;
