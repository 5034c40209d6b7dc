-- Has a promotion noticed before anybody acts on what the promoted server knows: a gateway that has a new connection
-- calls it first. What grows the log notices it by itself.
create or replace function chat.notice_promotion()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform chat.lock_log();
end
$$;
