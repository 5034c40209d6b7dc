-- What names of members are compared by: a name is taken in every spelling, and so are names that look like it.
-- depends: 0026.bound-tables

alter table chat.member add column name_key text, add column look text;

-- As chat.name_key has it, which is made after the migrations. Of members who have one name now, the eldest keeps it; a
-- key that ends in a space is nobody's name.
update chat.member as m
set name_key = case when k.number = 1 then k.name_key else k.name_key || ' ' || m.member_id || ' ' end
from (
  select n.username, n.name_key, row_number() over (partition by n.name_key order by n.joined_at, n.username) as number
  from (
    select
      c.username, c.joined_at,
      lower(btrim(regexp_replace(normalize(c.username, NFKC), ' +', ' ', 'g')) collate chat.code_points) as name_key
    from chat.member as c
  ) as n
) as k
where k.username = m.username;

alter table chat.member alter column name_key set not null;

create unique index member_name_key_key on chat.member (name_key);

create index member_look_idx on chat.member (look);

comment on column chat.member.name_key is 'The name without case and width, by which it is taken';

comment on column chat.member.look is
  'What stands for all names that look like this one; null if no gateway has told it, until the place is taken back';
