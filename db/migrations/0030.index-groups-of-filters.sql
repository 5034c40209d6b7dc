-- A group that goes cold is taken out of routing with each FILTER: found without a look at all others.
-- depends: 0029.share-signatures

create index room_group_filter_group_id_idx on chat.room_group_filter (group_id);
