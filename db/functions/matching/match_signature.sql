-- What the filters of one signature pass of some of a feed's rows, by its form, and how long it took.
--
-- p_source is a select of the p_count rows; the bits are in the order of their keys. p_form is the signature's own, or
-- one that it was built for to be tried.
create or replace function chat.match_signature(
  p_signature chat.signature,
  p_form text,
  p_source text,
  p_count integer,
  out filter_ids integer[],
  out bits bytea[],
  out took interval
)
language plpgsql
volatile
as $$
declare
  v_zero varbit := repeat('0', (p_count + 7) / 8 * 8)::varbit;
  v_query text := case p_form
    when 'pairs' then chat.write_pairs_pass(p_signature.feed_id, array[p_signature], '(' || p_source || ')', '$1')
    else
      chat.write_bitmaps_pass(
        p_signature.feed_id, array[p_signature], '(' || p_source || ')', '$1', ((p_count + 7) / 8 * 8)::text
      )
  end;
  v_started timestamptz;
  v_odd_ids integer[];
  v_odd_bits bytea[];
begin
  perform chat.plan_by(p_form);
  v_started := clock_timestamp();
  execute v_query using v_zero into filter_ids, bits, v_zero, v_odd_ids, v_odd_bits;
  took := clock_timestamp() - v_started;
  perform chat.plan_by(null);
  if v_odd_ids is not null then
    select m.filter_ids, m.bits
    into filter_ids, bits
    from chat.merge_bits(filter_ids || v_odd_ids, bits || v_odd_bits) as m;
  end if;
end
$$;
