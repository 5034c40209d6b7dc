-- How many microseconds the filters of a signature take together for the p_count newest rows of their feed.
--
-- As one batch, by a form that build_constants made the table for; or one by one as in a router (direct).
create or replace function chat.time_form(p_signature chat.signature, p_form text, p_count integer)
returns double precision
language plpgsql
volatile
as $$
declare
  v_rows text := format('(%s)', chat.select_newest(p_signature.feed_id, p_count));
  v_zero text := format('%L::varbit', repeat('0', (p_count + 7) / 8 * 8));
  v_took double precision;
  v_tests text;
  v_tested integer;
begin
  if p_form = 'direct' then
    select
      string_agg(format('bit_or(_mask) filter (where %s)', t.canonical), ', '), count(*)
    into v_tests, v_tested
    from (
      select f.canonical
      from chat.routed_filter as r
      join chat.filter as f on f.filter_id = r.filter_id
      where r.signature_id = p_signature.signature_id
      limit 50
    ) as t;
    return p_signature.filters::double precision / v_tested * chat.time_select(
      format('select %s from (select *, 1::bigint as _mask, row_number() over () / 64 as _number from %s as n) as n '
      'group by _number', v_tests, v_rows)
    );
  end if;
  perform chat.plan_by(p_form);
  v_took := chat.time_select(
    case p_form
      when 'pairs' then chat.write_pairs_pass(p_signature.feed_id, array[p_signature], v_rows, v_zero)
      else
        chat.write_bitmaps_pass(
          p_signature.feed_id, array[p_signature], v_rows, v_zero, ((p_count + 7) / 8 * 8)::text
        )
    end
  );
  perform chat.plan_by(null);
  return v_took;
end
$$;
