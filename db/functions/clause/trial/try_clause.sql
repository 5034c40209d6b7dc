-- Stage `trial`: runs a condition on rows of edge cases and on the newest stored rows; why it is no filter, or null.
--
-- Before that on rows of the largest size, so that what the stored rows cost is bounded. An error on a row is the
-- caller's to catch and explain.
create or replace function chat.try_clause(p_feed_id integer, p_canonical text)
returns text
language plpgsql
volatile
as $$
declare
  v_setting chat.setting;
  v_took interval;
  v_reason text;
begin
  perform chat.try_without_rights(chat.large_row_select(p_feed_id, '-', 1), p_canonical);
  v_reason := chat.try_large_rows(p_feed_id, p_canonical);
  if v_reason is not null then
    return v_reason;
  end if;
  select s.* into v_setting from chat.setting as s;
  v_took := chat.time_condition(
    chat.probe_select(p_feed_id, v_setting.probe_rows), p_canonical, v_setting.max_probe_time
  );
  if v_took > v_setting.max_probe_time then
    return format(
      'the clause is too slow: %s ms on a few rows, at most %s ms are allowed',
      round(extract(epoch from v_took) * 1000), round(extract(epoch from v_setting.max_probe_time) * 1000)
    );
  end if;
  return null;
end
$$;
