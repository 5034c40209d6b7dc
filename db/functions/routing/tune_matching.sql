-- Looks for a signature whose number of filters changed much, and has it evaluated by the form that is cheapest now.
--
-- To be done every second or so. Measuring and making tables holds up nothing; the log's lock is taken at the end.
create or replace function chat.tune_matching()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_signature chat.signature;
  v_tried record;
begin
  -- One process at a time.
  if not pg_try_advisory_xact_lock(chat.lock_class('matching'), 0) then
    return;
  end if;
  v_signature := chat.next_to_try();
  if v_signature.signature_id is null then
    return;
  end if;
  begin
    if v_signature.filters < 32 then
      perform chat.change_form(v_signature, 'direct');
      return;
    end if;
    v_tried := chat.try_forms(v_signature.signature_id);
    perform chat.change_form(v_signature, v_tried.form);
    -- Last: whoever sets a filter has the log's lock and wants this row, too.
    update chat.signature as s
    set microseconds = v_tried.microseconds, tried_with = v_signature.filters, tried_at = clock_timestamp()
    where s.signature_id = v_signature.signature_id;
  exception
    -- One that cannot be helped must not keep all others from their turn.
    when data_exception or program_limit_exceeded or syntax_error_or_access_rule_violation then
      perform chat.lock_log();
      perform chat.use_form(v_signature.signature_id, 'direct');
      update chat.signature as s set reason = sqlerrm where s.signature_id = v_signature.signature_id;
      perform chat.refresh_stale_routers();
  end;
end
$$;
