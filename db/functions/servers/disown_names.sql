-- Has this gateway's claims of words be nobody's, where it does not know whether a member of another has the name.
--
-- So it is after somebody wanted to take a place back and did not get it. A claim of nobody stands until the room's
-- server was asked (list_lost_claims), or the member's gateway claims it anew (renew_claims).
create or replace function chat.disown_names(p_gateway_id integer, p_words text[], p_name_keys text[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_advisory_xact_lock(chat.lock_class('claims'), 0);
  update chat.name_claim as c
  set gateway_id = null, claimed_at = '-infinity'
  from unnest(p_words, p_name_keys) as u(word, name_key)
  where c.word = u.word and c.name_key = u.name_key and c.gateway_id = p_gateway_id;
end
$$;
