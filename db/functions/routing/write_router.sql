-- The text of a feed's router. p_tests are its p_filters direct filters, as write_filter_tests writes them; null if
-- there are none. p_signatures are those of all others.
--
-- Of PL/pgSQL's own variables some are called as a column may be (found, tg_op): the column is meant. Ours begin with
-- an underscore. The body is a quoted literal and not dollar-quoted: a filter may hold any text, also what would end
-- such quotes.
create or replace function chat.write_router(
  p_feed chat.feed,
  p_filters integer,
  p_tests text,
  p_signatures chat.signature[]
)
returns text
language sql
stable
as $$
  select format(
    'create or replace function room_filter.%I() returns trigger language plpgsql volatile security definer '
    'set search_path = pg_catalog, pg_temp set standard_conforming_strings = on '
    'set plan_cache_mode = force_generic_plan%s%s as %L',
    'route_' || p_feed.name,
    case when p_feed.message_field is null then ' set timezone = ''UTC''' else '' end,
    -- The bits of as many filters as pass a row are in memory together.
    case when p_signatures <> '{}' then ' set work_mem = ''64MB''' else '' end,
    format(
      $body$
#variable_conflict use_column
declare
  _v_row_ids bigint[];
  _v_messages bytea[];
  _v_filter_ids integer[] := '{}';
  _v_bits bytea[] := '{}';
  _v_group_ids integer[] := '{}';
  _v_wanted bytea;
  _v_started timestamptz;
%5$sbegin
  select array_agg(%1$I order by %1$I), array_agg(%4$s order by %1$I)
  into _v_row_ids, _v_messages
  from new_rows as r;
  if _v_row_ids is null then
    return null;
  end if;
%3$s
  perform chat.deliver_feed_rows(%2$s, _v_row_ids, _v_messages, _v_filter_ids, _v_bits, _v_group_ids, _v_wanted);
  return null;
end
$body$,
      p_feed.key_column,
      p_feed.feed_id,
      chat.write_matching(p_feed, p_filters, p_tests, p_signatures),
      chat.content_expression(p_feed),
      case when p_signatures <> '{}' then
        e'  _v_zero varbit;\n  _v_found varbit;\n  _v_found_ids integer[];\n  _v_found_bits bytea[];\n'
        '  _v_found_groups integer[];\n'
        '  _v_odd_ids integer[];\n  _v_odd_bits bytea[];\n'
      end
    )
  )
$$;
