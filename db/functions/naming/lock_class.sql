-- First key of a kind of advisory lock. The second is 0; of a gateway's, which it holds while it lives, its id.
create or replace function chat.lock_class(p_kind text)
returns integer
language sql
immutable
parallel safe
as $$
  select case p_kind when 'log' then 4242 when 'gateway' then 4243 when 'bridge' then 4244 end
$$;
