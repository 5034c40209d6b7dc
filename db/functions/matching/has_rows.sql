-- Whether a feed has at least so many rows.
create or replace function chat.has_rows(p_feed_id integer, p_rows integer)
returns boolean
language plpgsql
stable
as $$
declare
  v_has_rows boolean;
begin
  execute format('select exists (%s offset %s)', chat.select_newest(p_feed_id, p_rows), p_rows - 1) into v_has_rows;
  return v_has_rows;
end
$$;
