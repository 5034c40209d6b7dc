-- block_log group by group: what each was given of which batch, and the places it got.
create or replace view chat.group_log as
select
  l.block_id * 16 + u.index - 1 as group_id,
  l.last_places[u.index] - bit_count(u.bits) + 1 as first_place,
  l.last_places[u.index] as last_place,
  l.batch_id,
  u.bits
from chat.block_log as l
cross join lateral unnest(l.indexes, l.bits) as u(index, bits);
