-- The block that a group is counted and logged in: sixteen groups whose numbers follow each other.
create or replace function chat.block_of(p_group_id integer)
returns integer
language sql
immutable
parallel safe
as $$
  select p_group_id / 16
$$;
