-- How rows find the filters of a signature by one of its anchors.
--
-- A condition by index on _s, its table of constants, and what is joined to the rows for it. A prefix is looked up for
-- each length that some filter has. What holds a pattern is looked up by each of its trigrams; long texts have too
-- many, so each filter is looked at for them. Names begin with an underscore, as those of no feed's columns do.
-- A look into an index takes some half a microsecond, and most find nothing. So where a batch takes more looks than
-- there are filters, all that there is to be found is put into a hash table first (a hashed subplan, since it stands
-- beside an OR), and only what is in there is looked up.
create or replace function chat.list_joins(p_signature chat.signature, p_slot integer, p_operand text)
returns table (beside text, condition text)
language sql
stable
as $$
  select
    format(j.beside, p_slot, p_operand, chat.constants_table(p_signature.signature_id, 'pairs')),
    format(
      j.condition, p_slot, p_operand, chat.constants_table(p_signature.signature_id, 'pairs'),
      format(
        '(select (select count(*) from placed) * %s < _c.filters from chat.signature as _c where _c.signature_id = %s)',
        case j.type when 'infix' then 16 else 4 end, p_signature.signature_id
      )
    )
  from (
    values
      (
        'prefix',
        ' cross join (with recursive _l(_n) as (select min(_n%1$s) from %3$s union all '
        'select (select min(_n%1$s) from %3$s where _n%1$s > _l._n) from _l where _l._n is not null) '
        'select _n from _l where _n is not null offset 0) as _l',
        '(%4$s or (_l._n, "left"(%2$s, _l._n)) in (select _n%1$s, _p%1$s from %3$s)) '
        'and _s._n%1$s = _l._n and _s._p%1$s = "left"(%2$s, _l._n)'
      ),
      (
        'infix',
        ' cross join lateral (select substring(_b.bytes from _i for 3) as _trigram '
        'from (select convert_to(%2$s, ''UTF8'') as bytes where octet_length(%2$s) <= 1000 offset 0) as _b '
        'cross join lateral generate_series(1, length(_b.bytes) - 2) as _i offset 0) as _t',
        '(%4$s or _t._trigram in (select _g%1$s from %3$s)) and _s._g%1$s = _t._trigram'
      ),
      ('infix', '', 'octet_length(%2$s) > 1000')
  ) as j(type, beside, condition)
  where j.type = p_signature.slots[p_slot]
  union all
  select '', format('_s._k%s = %s', p_slot, p_operand)
  where p_signature.slots[p_slot] not in ('prefix', 'infix')
$$;
