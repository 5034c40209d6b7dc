-- Whether commits of this session wait until a standby has them.
create or replace function chat.is_synchronous()
returns boolean
language sql
stable
as $$
  select
    current_setting('synchronous_standby_names') <> '' and current_setting('synchronous_commit') not in ('off', 'local')
$$;
