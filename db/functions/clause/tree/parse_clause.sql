-- Stages `parser`, `shape` and `tree`: a clause is a condition to Postgres, nothing more than one, and an allowed one.
--
-- Returns the canonical text, or the reason. p_normalized is the clause as the words stage lets it pass. The view made
-- here is for the caller to roll back. It is first made with WHERE (true): what the parser then stores outside the
-- condition must be the same for the clause, or the clause broke out of its parentheses.
create or replace function chat.parse_clause(p_feed_id integer, p_normalized text, out canonical text, out reason text)
language plpgsql
volatile
as $$
declare
  v_view text := 'room_filter.candidate_' || pg_backend_pid();
  v_max_bytes integer := (select s.max_canonical_bytes from chat.setting as s);
  v_shell text;
  v_prefix text;
  v_tree record;
begin
  execute format('create view %s as %s', v_view, chat.guard_statement(p_feed_id, 'true'));
  v_shell := (select t.shell from chat.split_view_tree(v_view) as t);
  v_prefix := left(pg_get_viewdef(v_view::regclass), -length('true;'));

  execute format('create or replace view %s as %s', v_view, chat.guard_statement(p_feed_id, p_normalized));
  select t.shell, t.quals into v_tree from chat.split_view_tree(v_view) as t;
  if v_tree.shell is distinct from v_shell then
    reason := 'the clause is more than a condition on the columns of the feed';
    return;
  end if;
  reason := chat.check_tree(p_feed_id, v_tree.quals);
  if reason is null then
    canonical := rtrim(substr(pg_get_viewdef(v_view::regclass), length(v_prefix) + 1), ';');
    reason := coalesce(chat.check_literals(canonical), chat.check_times(p_normalized, canonical));
    if reason is null and octet_length(canonical) > v_max_bytes then
      reason := format(
        'the clause has %s bytes as Postgres writes it, at most %s are allowed; IN and BETWEEN repeat things',
        octet_length(canonical), v_max_bytes
      );
    end if;
  end if;
end
$$;
