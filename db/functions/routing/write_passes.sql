-- The statements in a feed's router that evaluate signatures, those by pairs and those by bitmaps.
--
-- A plan is kept while the tables of constants grow, so what it may be is said here: pairs go from the rows to the
-- filters by index, bitmaps from the filters to the batch's few values. The planner would take sequential scans for
-- tables that are small when it plans, and nested loops for batches of one row. Pairs come last: they also give groups.
create or replace function chat.write_passes(p_feed chat.feed, p_signatures chat.signature[])
returns text
language sql
stable
as $$
  select string_agg(
    format(
      $body$
    _v_zero := repeat('0', (cardinality(_v_row_ids) + 7) / 8 * 8)::varbit;
    perform chat.plan_by(%1$L);
    select f.* into _v_found_ids, _v_found_bits, _v_found, _v_odd_ids, _v_odd_bits%2$s
    from (%3$s
    ) as f;
    perform chat.plan_by(null);
    _v_wanted := chat.unite_bits(case when _v_filter_ids <> '{}' then _v_wanted else '' end, _v_found);
%4$s    _v_filter_ids := _v_filter_ids || _v_found_ids;
    _v_bits := _v_bits || _v_found_bits;
    if _v_odd_ids is not null then
      select m.filter_ids, m.bits into _v_filter_ids, _v_bits
      from chat.merge_bits(_v_filter_ids || _v_odd_ids, _v_bits || _v_odd_bits) as m;
      _v_wanted := null;
    end if;
$body$,
      p.form,
      case p.form when 'pairs' then ', _v_found_groups' end,
      case p.form
        when 'pairs' then chat.write_pairs_pass(p_feed.feed_id, p.signatures, 'new_rows', '_v_zero')
        else
          chat.write_bitmaps_pass(
            p_feed.feed_id, p.signatures, 'new_rows', '_v_zero', '((cardinality(_v_row_ids) + 7) / 8 * 8)'
          )
      end,
      case p.form when 'pairs' then
        e'    _v_group_ids := array_fill(null::integer, array[cardinality(_v_filter_ids)]) || _v_found_groups;\n'
      end
    ), '' order by p.form
  )
  from (select s.form, array_agg(s) as signatures from unnest(p_signatures) as s group by s.form) as p
$$;
