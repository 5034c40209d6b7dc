-- How many feed rows each group was given: the place of the last of them (block_of, index_in_block).
create or replace view chat.group_place as
select g.group_id, b.last_places[g.group_id % 16 + 1] as last_place
from chat.room_group as g
join chat.group_block as b on b.block_id = g.group_id / 16;
