-- Keeps the places of a dead gateway's members for two more seconds, while many of them are coming back.
--
-- p_member_ids are memberships that are being taken back together. Without this, of thousands who come as fast as they
-- are let in, the last would be too late on a slow machine: they would leave and have to join, which costs three times
-- as much. A few do not count, or those who do not come could have their names for as long as others trickle in.
create or replace function chat.extend_grace(p_member_ids bigint[])
returns void
language plpgsql
volatile
as $$
declare
  v_many constant integer := 20;
  v_grace interval := (select s.gateway_grace from chat.setting as s);
begin
  -- A row that somebody else has is not waited for: they may want the log's lock, which the caller has.
  update chat.gateway as g
  set missing_since = greatest(g.missing_since, clock_timestamp() - v_grace + least(v_grace, interval '2 seconds'))
  where g.gateway_id in (
    select o.gateway_id
    from chat.gateway as o
    where o.missing_since is not null
      and o.gateway_id in (
        select m.gateway_id
        from chat.member as m
        where m.member_id = any (p_member_ids)
        group by m.gateway_id
        having count(*) >= v_many
      )
    for update skip locked
  );
end
$$;
