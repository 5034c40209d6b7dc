-- Gives up this gateway's claims of words, which are of names that left.
create or replace function chat.release_names(p_gateway_id integer, p_words text[], p_name_keys text[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(chat.lock_class('claims'), 0);
  delete from chat.name_claim as c
  using unnest(p_words, p_name_keys) as u(word, name_key)
  where c.word = u.word and c.name_key = u.name_key and c.gateway_id = p_gateway_id;
end
$$;
