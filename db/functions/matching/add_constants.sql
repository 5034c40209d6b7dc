-- Adds a filter's constants to its signature's table, unless they do not fit its form. Whether it was added.
create or replace function chat.add_constants(p_signature chat.signature, p_filter_id integer, p_constants text[])
returns boolean
language plpgsql
volatile
as $$
declare
  v_rows bigint;
begin
  execute format(p_signature.adding, variadic array[p_filter_id::text] || p_constants);
  get diagnostics v_rows = row_count;
  return v_rows > 0;
end
$$;
