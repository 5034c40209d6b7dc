-- Makes the foreign table for a view of a linked server; one that has the columns of the view here stays as it is.
--
-- Returns its name. Nobody is asked: a server that is away, or of another version, is noticed by who reads.
create or replace function chat.build_foreign_table(p_server text, p_view text)
returns text
language plpgsql
volatile
as $$
declare
  v_name constant text := format('elsewhere.%I', p_server || '_' || p_view);
  v_columns constant text := chat.list_columns(format('chat.%I', p_view)::regclass);
begin
  if chat.list_columns(to_regclass(v_name)) is distinct from v_columns then
    create schema if not exists elsewhere;
    execute format('drop view if exists chat.%I', 'all_' || p_view);
    execute format('drop foreign table if exists %s', v_name);
    execute format(
      'create foreign table %s (%s) server %I options (schema_name %L, table_name %L)',
      v_name, v_columns, p_server, 'chat', p_view
    );
  end if;
  return v_name;
end
$$;
