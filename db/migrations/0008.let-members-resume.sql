-- What a member needs to take his place back after his connection or gateway was lost.
-- depends: 0007.place-filters-in-feeds

alter table chat.member
  add column member_id bigint generated always as identity,
  add column resume_hash text;

create unique index member_member_id_key on chat.member (member_id);

comment on column chat.member.member_id is 'The membership: another one each time the name joins or is taken back';

comment on column chat.member.resume_hash is
  'SHA-256 of the token that takes the place back; the token itself is only the client''s';
