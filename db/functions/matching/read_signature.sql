-- A canonical condition as a signature: filters of one signature differ in constants only.
--
-- That is its text with `$1:type` and so on in place of the constants that something is compared with, their types, and
-- the constants as Postgres writes them. Postgres puts every comparison in parentheses, so a constant that is compared
-- ends with one. Literals and names in quotes are taken whole, and operators as a run: `->` is not `>`.
create or replace function chat.read_signature(
  p_canonical text,
  out template text,
  out slots text[],
  out constants text[]
)
language plpgsql
immutable
as $$
begin
  with piece as (
    select
      m.parts,
      m.number,
      case when m.parts[2] is not null then chat.slot_type(m.parts[2], m.parts[3] is not null, m.parts[4]) end as type
    from regexp_matches(
      p_canonical,
      '((=|<>|<|<=|>|>=|~~|!~~) (ANY \(ARRAY\[|ALL \(ARRAY\[)?'
      '((?:(?:, )?(?:''(?:[^'']|'''')*''::[a-z][a-z ]*|[0-9]+(?:\.[0-9]+)?'
      '|\((?:''-?[0-9.]+''::[a-z]+|[0-9]+)\)::[a-z]+))+)(?:\]\))?(?=\))'
      '|''(?:[^'']|'''')*''|"(?:[^"]|"")*"|[-+*/<>=~!@#%^&|`?]+|[^-+*/<>=~!@#%^&|`?''"]+)',
      'g'
    ) with ordinality as m(parts, number)
    -- offset: the type is found once for each piece, not once for each use.
    offset 0
  ),
  slotted as (
    select p.*, case when p.type is not null then count(p.type) over (order by p.number) end as slot from piece as p
  )
  select
    string_agg(
      case
        when s.slot is null then s.parts[1]
        when s.parts[3] is null then format('%s $%s:%s', s.parts[2], s.slot, s.type)
        else format('%s %s ($%s:%s)', s.parts[2], left(s.parts[3], 3), s.slot, s.type)
      end, '' order by s.number
    ),
    coalesce(array_agg(s.type order by s.number) filter (where s.slot is not null), '{}'),
    coalesce(
      array_agg(
        case when s.parts[3] is null then s.parts[4] else format('ARRAY[%s]', s.parts[4]) end order by s.number
      ) filter (where s.slot is not null),
      '{}'
    )
  into template, slots, constants
  from slotted as s;
end
$$;
