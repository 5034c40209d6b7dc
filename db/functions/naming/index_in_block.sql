-- Where in the arrays of its block a group is, from 1 to 16.
create or replace function chat.index_in_block(p_group_id integer)
returns integer
language sql
immutable
parallel safe
as $$
  select p_group_id % 16 + 1
$$;
