-- cascade, for the views, which are made anew after the next apply.
alter table chat.room_filter drop column from_row_id cascade;
