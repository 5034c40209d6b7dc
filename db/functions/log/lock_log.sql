-- Takes the one lock under which rooms' logs grow, and holds it to the end of the transaction.
--
-- Everything that adds to a room's log or changes a router takes it first, so there is one order of locks, and
-- sequences become visible in their order. It costs little beside what every NOTIFY does anyway: its commit takes a
-- lock over the whole database. That the server was promoted is noticed here, before anything is numbered.
create or replace function chat.lock_log()
returns void
language plpgsql
volatile
as $$
begin
  perform pg_advisory_xact_lock(chat.lock_class('log'), 0);
  -- After waiting for an advisory lock, a session does not read what others changed in the catalog meanwhile; after
  -- locking a relation it does. Without this, the form of a router from before the wait might run.
  lock table chat.router in row share mode;
  if not exists (
    select from chat.timeline as t where t.number = chat.present_timeline() and t.is_synchronous = chat.is_synchronous()
  ) then
    perform chat.follow_timeline();
  end if;
end
$$;
