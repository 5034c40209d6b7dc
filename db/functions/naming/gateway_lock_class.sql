-- First key of the advisory lock that a gateway holds while it lives; the second is its id.
create or replace function chat.gateway_lock_class()
returns integer
language sql
immutable
parallel safe
as $$
  select 4243
$$;
