-- cascade, for the views, which are made anew after the next apply.
drop table chat.setting cascade;
