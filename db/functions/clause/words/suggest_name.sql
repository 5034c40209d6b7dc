-- The name nearest to a word, as `; did you mean …?` to put behind a reason; nothing if none is near.
create or replace function chat.suggest_name(p_word text, p_names text[])
returns text
language sql
immutable
as $$
  select coalesce(
    (
      select format('; did you mean %s?', n.name)
      from unnest(p_names) as n(name)
      cross join lateral chat.count_edits(p_word, n.name) as edits
      where edits <= greatest(1, least(length(p_word), length(n.name)) / 3)
      order by edits, n.name
      limit 1
    ),
    ''
  )
$$;
