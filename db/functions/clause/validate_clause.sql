-- Takes a clause that passed words and guard through parser, shape, tree and trial. Its filter, or why not and where.
--
-- Nothing is planned before the tree has been checked: planning runs immutable functions, and so `repeat('x', 1e9)`.
-- All that the parser makes happens in a subtransaction that always ends in a rollback, so nothing is left behind. The
-- verdict is remembered with p_rules_changes, the count of the rules' changes before any of them was read.
-- Path and settings are pinned here too, though this is not called from outside: what the parser finds behind a name
-- or makes of a time without a zone, and how Postgres writes it, is what the stages judge, whoever asks.
create or replace function chat.validate_clause(
  p_feed_id integer,
  p_clause text,
  p_normalized text,
  p_rules_changes bigint,
  out filter_id integer,
  out reason text,
  out place integer
)
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
set transform_null_equals = off
set quote_all_identifiers = off
set extra_float_digits = 1
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
declare
  v_canonical text;
  v_warning text;
  v_state text;
  v_message text;
begin
  begin
    select p.canonical, p.reason into v_canonical, reason from chat.parse_clause(p_feed_id, p_normalized) as p;
    if reason is null then
      reason := chat.try_clause(p_feed_id, v_canonical);
    end if;
    if reason is null then
      v_warning := chat.find_warning(p_feed_id, v_canonical);
    end if;
    raise exception using errcode = 'RM100';
  exception
    when sqlstate 'RM100' then
      null;
    -- A cancellation is not caught: whoever gave it is not answered with a verdict.
    when others then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
      -- What the server has no memory, no disk or no lock for is not the clause's fault either.
      if left(v_state, 2) in ('40', '53', '55', '57', '58', 'XX') then
        raise;
      end if;
      select e.reason, e.place
      into reason, place
      from chat.explain_clause_error(p_feed_id, p_clause, v_state, v_message) as e;
  end;
  if reason is null then
    filter_id := chat.save_filter(p_feed_id, v_canonical, v_warning);
    if v_warning is null then
      perform chat.learn_outline(p_feed_id, p_clause, v_canonical, p_rules_changes);
    end if;
  else
    place := coalesce(place, chat.find_named(p_clause, reason));
  end if;
  perform chat.remember_verdict(p_feed_id, p_clause, filter_id, reason, place, null, p_rules_changes);
end
$$;
