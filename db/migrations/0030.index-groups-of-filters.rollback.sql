drop index chat.room_group_filter_group_id_idx;
