-- Has the filters of signatures that raise together, and none of them alone, evaluated one by one from here on.
--
-- So it is with `quantity > 0 AND price / quantity > 1`: what is compared is made once for all rows, also for those
-- that the filter's first part keeps from it.
create or replace function chat.give_up_signatures(p_signature_ids integer[])
returns void
language plpgsql
volatile
as $$
begin
  update chat.signature as s
  set reason = 'what it compares raises for rows that no filter of it raises for'
  where s.signature_id = any (p_signature_ids);
  perform chat.use_form(i, 'direct') from unnest(p_signature_ids) as i;
  perform chat.refresh_stale_routers();
end
$$;
