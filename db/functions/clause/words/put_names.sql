-- A clause with names of values (TENNIS) put as texts, and the columns compared with them as those that hold the names.
--
-- Null if the token at p_place is no such name: then there is nothing to suggest. Nor is there in a clause of more than
-- 400 characters: the time grows with the third power of its length, up to seconds.
create or replace function chat.put_names(p_feed_id integer, p_clause text, p_place integer)
returns text
language plpgsql
stable
as $$
declare
  v_part record;
  v_text text := p_clause;
  v_is_meant boolean := false;
begin
  if length(p_clause) > 400 then
    return null;
  end if;
  -- From the end, so that places before stay as they are. A column may be compared with several names.
  for v_part in
    select distinct on (p.place) p.place, p.token, p.text, p.is_name
    from (
      select l.*, chat.fold_word(lag(l.token) over (order by l.place)) as previous
      from chat.list_clause_tokens(p_clause) as l
    ) as t
    cross join lateral (select btrim(upper(t.token collate "C"), '"''')) as n(name)
    join chat.feed_column as c on c.feed_id = p_feed_id and n.name = any (c.value_names)
    cross join lateral chat.find_compared_column(p_feed_id, p_clause, t.place::integer) as f
    -- A name that OR or AND joins to a comparison is one more: sport = TENNIS or GOLF.
    cross join lateral (
      select i.is_joined, case when i.is_joined then c.column_name || '_name = ' else '' end
      from (
        select
          t.previous in ('and', 'or') and (t.next_token is null or chat.fold_word(t.next_token) in (')', 'and', 'or'))
      ) as i(is_joined)
    ) as j(is_joined, before)
    cross join lateral (
      values
        (t.place, t.token, j.before || quote_literal(n.name), true),
        (f.place, f.written, c.column_name || '_name', false)
    ) as p(place, token, text, is_name)
    where t.kind in ('word', 'name', 'literal')
      and p.place is not null
      and (j.is_joined or f.column_name = c.column_name)
    order by p.place desc
  loop
    v_text := overlay(v_text placing v_part.text from v_part.place::integer for length(v_part.token));
    v_is_meant := v_is_meant or (v_part.is_name and v_part.place = p_place);
  end loop;
  -- IS stands before no text.
  v_text := regexp_replace(v_text, '(_name\s+)[Ii][Ss]\s+[Nn][Oo][Tt]\s+(?='')', '\1<> ', 'g');
  v_text := regexp_replace(v_text, '(_name\s+)[Ii][Ss]\s+(?='')', '\1= ', 'g');
  return case when v_is_meant then v_text end;
end
$$;
