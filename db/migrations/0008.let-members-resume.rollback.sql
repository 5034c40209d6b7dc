-- cascade, for the views, which are made anew after the next apply.
alter table chat.member drop column member_id cascade, drop column resume_hash cascade;
