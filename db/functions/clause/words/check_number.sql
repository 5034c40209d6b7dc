-- Why a number may not stand in a clause; null if it may.
create or replace function chat.check_number(p_token text)
returns text
language sql
immutable
as $$
  select case
    when p_token !~ '^([0-9]{1,18}|[0-9]{0,15}\.[0-9]{1,15}|[0-9]{1,15}\.)$'
      then format(
        '`%s` is not a number that a filter takes; write %s',
        left(p_token, 40),
        coalesce(chat.write_out(p_token), 'up to 18 digits, or up to 15 before and behind a point')
      )
  end
$$;
