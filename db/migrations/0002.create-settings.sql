-- The one row of settings that SQL decides by; psql shows and changes it.
-- depends: 0001.create-schemas

create table chat.setting (
  is_only boolean primary key default true check (is_only),
  resume_window interval not null default '10 minutes' check (resume_window >= '0'),
  gateway_grace interval not null default '5 seconds' check (gateway_grace >= '0'),
  max_name_chars integer not null default 64 check (max_name_chars between 1 and 64),
  max_comment_bytes integer not null default 1048576 check (max_comment_bytes between 1 and 1048576)
);

comment on column chat.setting.resume_window is 'How long an empty room goes on logging what its filters pass';

comment on column chat.setting.gateway_grace is 'How long a gateway may be gone before its members leave their rooms';

comment on column chat.setting.max_name_chars is 'Longest user name, in characters';

comment on column chat.setting.max_comment_bytes is 'Longest comment, in bytes of UTF-8';

insert into chat.setting default values;
