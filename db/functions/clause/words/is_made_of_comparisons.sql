-- Whether a clause that the words stage let pass holds columns, plain constants, and what compares and joins, no more.
--
-- p_constants is how many constants outline_clause has left out. The parser computes nothing in such a clause: of -0.0
-- it would make 0.0, since a sign is no part of a constant.
create or replace function chat.is_made_of_comparisons(p_feed_id integer, p_clause text, p_constants integer)
returns boolean
language plpgsql
stable
as $$
begin
  return (
    select
      count(*) filter (where t.kind in ('literal', 'number')) = p_constants
      and bool_and(
        case t.kind
          when 'operator' then t.token in ('=', '<>', '!=', '<', '<=', '>', '>=')
          when 'mark' then t.token in ('(', ')', ',')
          when 'word' then
            chat.fold_word(t.token) in ('and', 'or', 'not', 'in', 'between', 'like')
            or chat.is_column(p_feed_id, t.token)
          else t.kind in ('name', 'literal', 'number')
        end
      )
    from chat.list_clause_tokens(p_clause) as t
  );
end
$$;
