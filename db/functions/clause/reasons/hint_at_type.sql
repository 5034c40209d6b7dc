-- How the column nearest to a place of a clause is compared, as `; …` to put behind a reason; nothing for old types.
--
-- Old are numbers and texts: what is compared with them needs no explanation.
create or replace function chat.hint_at_type(p_feed_id integer, p_clause text, p_place integer)
returns text
language sql
stable
as $$
  select coalesce(
    (
      select format(
        case c.type_name
          when 'boolean' then '; %1$s is true or false: write %1$s, not %1$s or %1$s = false'
          when 'timestamptz' then '; %1$s is a time: write %1$s > ''2026-11-01 12:00'', which is in UTC'
          when 'text[]' then '; %1$s is a list of texts: write ''x'' = any(%1$s)'
          when 'jsonb'
            then '; %1$s is JSON: write %1$s->>''key'' = ''text'', or %1$s->''key'' > ''5'' for a number'
        end,
        f.written
      )
      from chat.find_compared_column(
        p_feed_id, p_clause, coalesce(p_place, 1),
        '{integer,bigint,numeric,text,boolean,timestamptz,text[],jsonb}'
      ) as f
      join chat.feed_column as c on c.feed_id = p_feed_id and c.column_name = f.column_name
    ),
    ''
  )
$$;
