-- Second and third gate: Postgres's parser takes a clause, and its tree holds only what is allowed.
--
-- Returns the canonical text, or the reason.
--
-- The view made here is for the caller to roll back. It is first made with WHERE (true): what the parser then stores
-- outside the condition must be the same for the clause, or the clause broke out of its parentheses.
create or replace function chat.parse_clause(p_feed_id integer, p_clause text, out canonical text, out reason text)
language plpgsql
volatile
as $$
declare
  v_view text := 'room_filter.candidate_' || pg_backend_pid();
  v_select text := chat.candidate_select(p_feed_id);
  v_max_bytes integer := (select s.max_canonical_bytes from chat.setting as s);
  v_shell text;
  v_prefix text;
  v_tree record;
begin
  execute format('create view %s as %s where (true)', v_view, v_select);
  v_shell := (select t.shell from chat.split_view_tree(v_view) as t);
  v_prefix := regexp_replace(pg_get_viewdef(v_view::regclass), 'true;$', '');

  -- The newline ends a line comment, should one have passed the first gate.
  execute format(e'create or replace view %s as %s where (\n%s\n)', v_view, v_select, p_clause);
  select t.shell, t.quals into v_tree from chat.split_view_tree(v_view) as t;
  if v_tree.shell is distinct from v_shell then
    reason := 'the clause is more than a condition on the columns of the feed';
    return;
  end if;
  reason := chat.check_tree(p_feed_id, v_tree.quals);
  if reason is null then
    canonical := rtrim(substr(pg_get_viewdef(v_view::regclass), length(v_prefix) + 1), ';');
    if octet_length(canonical) > v_max_bytes then
      reason := format(
        'the clause has %s bytes as Postgres writes it, at most %s are allowed; IN and BETWEEN repeat things',
        octet_length(canonical), v_max_bytes
      );
    end if;
  end if;
end
$$;
