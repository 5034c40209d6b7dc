drop table chat.setting;
