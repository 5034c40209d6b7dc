-- What an outline is found by among the verdicts: never what a clause is found by, whatever that holds.
create or replace function chat.outline_hash(p_outline text)
returns text
language sql
stable
as $$
  select 'outline ' || chat.text_hash(p_outline)
$$;
