-- Stage `shape`: the parse tree of a view, split into its condition and the shell around it without places in the text.
--
-- Raises for what is no view of one rule with a condition.
create or replace function chat.split_view_tree(p_view text, out shell text, out quals text)
language plpgsql
stable
as $$
declare
  v_tree text;
  v_start integer;
  v_end integer;
  v_depth integer := 0;
  v_piece text;
begin
  select r.ev_action::text into strict v_tree from pg_rewrite as r where r.ev_class = p_view::regclass;
  v_start := position(' :quals {' in v_tree) + length(' :quals ');
  if v_start = length(' :quals ') then
    raise exception 'the view has no condition' using errcode = 'RM101';
  end if;
  v_end := v_start;
  -- Up to one closing brace after the other. Names and texts hold none: the parser's output writes texts as bytes and
  -- escapes braces in names.
  foreach v_piece in array string_to_array(substr(v_tree, v_start), '}') loop
    v_end := v_end + length(v_piece) + 1;
    v_depth := v_depth + length(v_piece) - length(replace(v_piece, '{', '')) - 1;
    exit when v_depth = 0;
  end loop;
  quals := substr(v_tree, v_start, v_end - v_start);
  shell := regexp_replace(
    substr(v_tree, 1, v_start - 1) || '?' || substr(v_tree, v_end), ':(location|stmt_location|stmt_len) -?\d+', '', 'g'
  );
end
$$;
