alter table chat.room_filter drop column from_row_id;
