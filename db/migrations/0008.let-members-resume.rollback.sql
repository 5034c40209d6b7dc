alter table chat.member drop column member_id, drop column resume_hash;
