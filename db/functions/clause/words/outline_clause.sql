-- A clause, or a canonical text, with its plain constants left out, and these in their order; nulls if it has none.
--
-- In place of each stands a control character, which neither may hold, and its kind: a text, a text that is a prefix of
-- up to 100 bytes to LIKE (its only wildcard ends it), a decimal, an integer.
-- Plain is what Postgres writes as it was written: a text without backslashes, a number without anything to leave out,
-- and an integer that is one of four bytes. Blanks are one or none. Any other constant stays where it is.
create or replace function chat.outline_clause(p_clause text, out outline text, out constants text[])
language plpgsql
immutable
as $$
begin
  if position(e'\x01' in p_clause) > 0 then
    return;
  end if;
  select
    string_agg(
      case when t.is_apart and t.place > 1 then ' ' else '' end
      || case
        when not p.is_plain then t.token
        when t.kind = 'literal' then
          case
            when length(t.token) > 3
              and position('%' in t.token) = length(t.token) - 1
              and position('_' in t.token) = 0
              and octet_length(t.token) <= 102
              then e'\x01p'
            else e'\x01t'
          end
        when position('.' in t.token) > 0 then e'\x01d'
        else e'\x01i'
      end,
      '' order by t.place
    ),
    array_agg(t.token order by t.place) filter (where p.is_plain)
  into outline, constants
  from chat.list_clause_tokens(p_clause) as t
  cross join lateral (
    select case when t.kind in ('literal', 'number') then
      t.token ~ '^(''[^\\\x01-\x08\x0b\x0c\x0e-\x1f\x7f]*''|(0|[1-9]\d{0,14})\.\d{1,15}|0|[1-9]\d{0,8})$'
    else false end
    offset 0
  ) as p(is_plain);
  if constants is null then
    outline := null;
  end if;
end
$$;
