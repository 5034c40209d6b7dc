-- Who holds the lock that lets a bridge write, in words, and what is wrong with that; both null if nobody holds it.
--
-- A bridge asks something every second, so one that has not for fifteen times as long hangs or is stopped; its
-- longest statement takes 20 seconds. Nothing is wrong with a session of which the caller may not know that much.
create or replace function chat.describe_bridge_lock(out holder text, out complaint text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_session pg_stat_activity;
begin
  select a.*
  into v_session
  from chat.list_lock_holders('bridge') as l
  join pg_stat_activity as a on a.pid = l.pid
  limit 1;
  if not found then
    return;
  end if;
  holder := format('session %s (%s)', v_session.pid, concat_ws(', ',
    coalesce(nullif(v_session.application_name, ''), 'an application without a name'),
    'of ' || v_session.usename,
    case when v_session.backend_start is not null then
      'from ' || coalesce(host(v_session.client_addr), 'the machine of Postgres')
    end,
    'since ' || v_session.backend_start::timestamp(0)));
  if v_session.application_name is distinct from 'edgechat bridge' then
    -- A moment is granted to somebody who only tries whether the lock is free.
    if coalesce(v_session.backend_start < clock_timestamp() - interval '15 seconds', true) then
      complaint := format(
        'no bridge stores: %s has the bridge''s lock and is no bridge: end it, by pg_terminate_backend(%s)',
        holder, v_session.pid);
    end if;
  elsif v_session.state_change < clock_timestamp()
    -- Without the parentheses, PL/pgSQL would take the first "then" for its own.
    - (case v_session.state when 'active' then interval '30 seconds' else interval '15 seconds' end)
  then
    complaint := format(
      'no bridge stores: %s has the lock and has done nothing since %s: it hangs or is stopped: '
      'have its process go on, or end it, or its session by pg_terminate_backend(%s)',
      holder, v_session.state_change::timestamp(0), v_session.pid);
  end if;
end
$$;
