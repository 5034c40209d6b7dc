-- A text of which outline_clause has left out the constants, with constants of the same kinds in their places.
create or replace function chat.fill_outline(p_outline text, p_constants text[])
returns text
language plpgsql
immutable
as $$
begin
  return (
    select string_agg(
      case p.number when 1 then p.piece else p_constants[p.number - 1] || substr(p.piece, 2) end,
      '' order by p.number
    )
    from unnest(string_to_array(p_outline, e'\x01')) with ordinality as p(piece, number)
  );
end
$$;
