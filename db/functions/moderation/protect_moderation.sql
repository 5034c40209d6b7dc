-- The record of what moderators did is only added to. Raises RM605.
create or replace function chat.protect_moderation()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'the record of what moderators did is only added to'
    using errcode = 'RM605', hint = 'take it back by its own function, as unban_member: that is recorded, too';
end
$$;

create or replace trigger protect_moderation
before update or delete or truncate on chat.moderation
for each statement execute function chat.protect_moderation();
