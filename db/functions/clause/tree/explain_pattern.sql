-- Why the last argument of a call may not be what it is; null if it may, or if anything may stand there.
--
-- p_last are two parts of how write_patterns writes it: `#` for a number, and the number (255 is -1, as a byte), or the
-- size of a text with the four bytes of its head, with `n` before it for JSON that is a number; an empty one is no
-- literal.
create or replace function chat.explain_pattern(p_call text, p_is_number boolean, p_last text[], p_max integer)
returns text
language sql
immutable
as $$
  select case
    when p_max is null then null
    when p_is_number then
      case
        when p_last[1] is distinct from '#' or abs((p_last[2]::integer + 384) % 256 - 128) > p_max
          then format('%s takes the number of places as a plain number from -%s to %s', p_call, p_max, p_max)
      end
    when p_call in ('<', '>', '<=', '>=')
      then case
        when p_last[1] is distinct from 'n' or p_last[2]::integer - 4 > p_max
          then format(
            'JSON is only compared by `%1$s` with a number in quotes, behind it: payload->''key'' %1$s ''5''', p_call
          )
      end
    when p_call !~ '[a-zA-Z]' and (coalesce(p_last[2], '') = '' or p_last[1] = '#')
      then case p_call
        when '<@' then 'write a literal behind `<@`, or turn it round: … @> ''{x,y}'''
        else format('what stands behind `%s` must be written as a literal', p_call)
      end
    when p_call !~ '[a-zA-Z]'
      then case
        when p_last[2]::integer - 4 > p_max
          then format(
            'what stands behind `%s` has %s bytes; at most %s are allowed', p_call, p_last[2]::integer - 4, p_max
          )
      end
    when coalesce(p_last[2], '') = '' or p_last[1] = '#'
      then format('the pattern of %s must be written as a literal', p_call)
    when p_last[2]::integer - 4 > p_max
      then format('the pattern of %s has %s bytes; at most %s are allowed', p_call, p_last[2]::integer - 4, p_max)
  end
$$;
