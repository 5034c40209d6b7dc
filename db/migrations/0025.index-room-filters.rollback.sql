drop index chat.room_filter_room_id_idx;
