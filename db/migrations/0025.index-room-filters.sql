-- Members ask for the filters that their room had: found without a look at those of all other rooms.
-- depends: 0024.keep-filters

create index room_filter_room_id_idx on chat.room_filter (room_id, room_filter_id);
