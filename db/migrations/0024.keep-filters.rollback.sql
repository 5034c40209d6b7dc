alter table chat.chat_event drop column filters;
