-- What it means that a text in quotes stands for nothing of the type that is wanted there.
create or replace function chat.explain_literal(p_feed_id integer, p_clause text, p_message text, p_place integer)
returns text
language plpgsql
stable
as $$
declare
  v_text text;
  v_column record;
  v_clause text;
  v_hint text;
begin
  select chat.unquote_literal(t.token) into v_text
  from chat.list_clause_tokens(p_clause) as t
  where t.place = p_place and t.kind = 'literal';
  if not found then
    return 'a text stands where a number or a condition should';
  end if;
  -- Arithmetic binds the key before the arrow does.
  if exists (
    select
    from chat.list_clause_tokens(p_clause) as t
    where t.place = (select max(b.place) from chat.list_clause_tokens(p_clause) as b where b.place < p_place)
      and t.token in ('->', '->>')
  ) then
    return format(
      'a filter does not calculate with what is in JSON; compare it, as in ->%1$L > ''5'' for a number', v_text
    );
  end if;
  v_hint := chat.hint_at_type(p_feed_id, p_clause, p_place);
  if v_hint <> '' and p_message !~ '\m(integer|bigint|numeric)\M' then
    return format('%L is not what it is compared with', v_text) || v_hint;
  end if;
  if p_message ~ '\mboolean\M' then
    return chat.explain_lone_text(p_feed_id, p_clause, v_text, p_place);
  end if;
  v_clause := chat.put_names(p_feed_id, p_clause, p_place);
  select f.* into v_column from chat.find_compared_column(p_feed_id, p_clause, p_place) as f;
  return format('compares a number%s with text %L', ' (' || v_column.written || ')', v_text)
    || case
      when v_clause is not null then '; write ' || v_clause
      when chat.is_column(p_feed_id, v_text) then '; names of columns need no quotes'
      when v_column.column_name in (select c.column_name from chat.feed_column as c where c.value_names is not null)
        then chat.hint_at_names(p_feed_id, p_clause)
      else ''
    end;
end
$$;
