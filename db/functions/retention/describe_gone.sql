-- What of a table is gone, since when and why, in words; null if nothing is, or not the row with a given key.
create or replace function chat.describe_gone(p_table regclass, p_key bigint default null)
returns text
language sql
stable
as $$
  select format('what came before key %s is gone since %s: %s', t.gone_until, t.gone_at::timestamptz(0), t.gone_why)
  from chat.bounded_table as t
  where t.table_name = p_table and t.gone_until > coalesce(p_key, t.gone_until - 1)
$$;
