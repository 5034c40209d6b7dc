-- What is wrong with Postgres's queue of notifications, and the remedy; null if less than a quarter of it is used.
--
-- Asking moves the queue's tail. Postgres itself does so only when a notification is added, and to a queue that was
-- full none can be: without this, all would stay dead after the session that was in the way has ended. The queue is one
-- for all databases of the server, and is emptied up to where the slowest session that listens has read; one reads
-- nothing while it is in a transaction.
create or replace function chat.complain_of_queue()
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_usage double precision := pg_notification_queue_usage();
  v_sessions text;
begin
  if v_usage < 0.25 then
    return null;
  end if;
  select string_agg(
    format('%s (%s of %s in database %s, in a transaction since %s)',
      a.pid, coalesce(nullif(a.application_name, ''), 'a session'), a.usename, a.datname, a.xact_start::timestamp(0)),
    ', ' order by a.xact_start)
  into v_sessions
  from (
    select * from pg_stat_activity
    where backend_type = 'client backend' and xact_start < clock_timestamp() - interval '1 second'
      and pid <> pg_backend_pid()
    order by xact_start
    limit 3
  ) as a;
  return format(
    'Postgres''s queue of notifications is %s %% full; %s',
    round((100 * v_usage)::numeric),
    coalesce(
      'end the oldest session that listens and is in a transaction, by pg_terminate_backend(pid): ' || v_sessions,
      'look in pg_stat_activity for a session that listens and is in a transaction, as a superuser, and end it'));
end
$$;
