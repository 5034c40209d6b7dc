-- A clause with its parts replaced (list_replacements), as the parser gets it.
create or replace function chat.replace_parts(p_feed_id integer, p_clause text)
returns text
language plpgsql
stable
as $$
declare
  v_part record;
  v_text text := '';
  v_copied_to integer := 1;
begin
  for v_part in select r.* from chat.list_replacements(p_feed_id, p_clause) as r order by r.place loop
    v_text := v_text || substr(p_clause, v_copied_to, v_part.place - v_copied_to) || v_part.text;
    v_copied_to := v_part.place + v_part.length;
  end loop;
  return v_text || substr(p_clause, v_copied_to);
end
$$;
