-- First key of a kind of advisory lock. The second is 0; of a gateway's, which it holds while it lives, its id.
--
-- Raises for a kind that there is not: a lock with a null as key is not taken, and nobody is told.
create or replace function chat.lock_class(p_kind text)
returns integer
language plpgsql
immutable
parallel safe
as $$
begin
  case p_kind
    when 'log' then return 4242;
    when 'gateway' then return 4243;
    when 'bridge' then return 4244;
    when 'retention' then return 4245;
    when 'matching' then return 4246;
    when 'claims' then return 4247;
  end case;
end
$$;
