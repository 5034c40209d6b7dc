-- The channel on which bridge and gateways hear that feeds were added, changed or removed.
create or replace function chat.feeds_channel()
returns text
language sql
immutable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'chat_feeds'
$$;
