alter table chat.member drop column name_key, drop column look;
