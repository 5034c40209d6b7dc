-- With the views that show them; `migrate` makes those again that are left.
alter table chat.member drop column is_muted cascade;

alter table chat.room drop column is_slow cascade;

drop table chat.slow_comment;

drop table chat.measure cascade;

drop table chat.moderation cascade;
