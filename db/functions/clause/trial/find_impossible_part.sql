-- Why a condition can never be true: a part asks for what its column never has, or null if that is not so.
--
-- The part is alone or joined by AND; what it asks for is a name (sport_name) that is none, or null.
create or replace function chat.find_impossible_part(p_feed_id integer, p_canonical text)
returns text
language sql
stable
as $$
  select 'it can never be true: '
    || case
      when e.found[3] is not null then format('%s is never null', c.column_name)
      else
        format(
          '%s is never %s; its values are %s', c.column_name, e.found[2],
          (
            select array_to_string(n.value_names, ', ')
            from chat.feed_column as n
            where n.feed_id = p_feed_id and n.column_name || '_name' = c.column_name
          )
        )
    end
  from chat.split_condition(p_canonical) as s
  cross join lateral unnest(s.parts) as p(part)
  cross join lateral regexp_match(
    p.part, '^\((\w+) (?:= (''(?:[^'']|'''')*'')::text|(IS NULL))\)$'
  ) as e(found)
  join chat.feed_column as c on c.feed_id = p_feed_id and c.column_name = e.found[1]
  where s.connective is distinct from 'OR'
    and case
      when e.found[3] is not null then not (c.is_computed or c.may_be_null)
      else exists (
        select
        from chat.feed_column as n
        where n.feed_id = p_feed_id
          and n.column_name || '_name' = c.column_name
          and chat.unquote_literal(e.found[2]) <> all (n.value_names)
      )
    end
  limit 1
$$;
