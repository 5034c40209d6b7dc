-- An interval as it is said: 7 days, 12 hours, 1 year. What has months or years is not counted in days.
create or replace function chat.interval_for_people(p_interval interval)
returns text
language sql
stable
as $$
  select case
    when extract(year from p_interval) <> 0 or extract(month from p_interval) <> 0 then p_interval::text
    when p_interval >= interval '1 day' and extract(epoch from p_interval) % 86400 = 0 then
      format('%s days', extract(epoch from p_interval)::bigint / 86400)
    when extract(epoch from p_interval) % 3600 = 0 then
      format('%s hours', extract(epoch from p_interval)::bigint / 3600)
    else p_interval::text
  end
$$;
