-- The reason against a word that is no column, better if what stands around it tells what was meant.
--
-- Behind a value it was to be an operator, before an operator or another word a column; else it may be a text.
create or replace function chat.explain_unknown_word(
  p_feed_id integer,
  p_clause text,
  p_word text,
  p_place integer,
  p_reason text
)
returns text
language plpgsql
stable
as $$
declare
  v_previous text := substring(left(p_clause, p_place - 1) from '(\w+|[''")])\s*$');
  v_rest text := chat.fold_word(substr(p_clause, p_place + length(p_word)));
  v_column text;
begin
  if v_previous ~ '^[0-9''")]' or chat.is_column(p_feed_id, v_previous) then
    return format(
      'no operator `%s`; operators are = <> < > <= >= LIKE IN BETWEEN IS NULL, joined by AND and OR%s',
      p_word, chat.suggest_name(p_word, '{like,ilike,in,between,and,or}')
    );
  elsif chat.fold_word(p_word) in ('nan', 'infinity', 'inf') then
    return format('%s; write %L', p_reason, p_word);
  elsif v_rest ~ '^\s*([=<>!]+\s*[-''0-9]|(like|ilike|in|between|is)\M)'
    or (v_rest ~ '^\s*\w' and left(p_clause, p_place - 1) !~ '[=<>!(,%]\s*$') then
    return p_reason;
  end if;
  select f.written into v_column from chat.find_compared_column(p_feed_id, p_clause, p_place) as f;
  return p_reason || coalesce(
    '; ' || v_column || ' is compared with a number' || chat.hint_at_names(p_feed_id, p_clause),
    format('; text stands in single quotes: %L', p_word)
  );
end
$$;
