-- The three bytes of a pattern by which rows find it: those that the feed's newest rows hold most seldom.
--
-- Bytes and not characters, which are found by counting from a text's beginning; UTF-8 holds the bytes of one text
-- within another only where the text is.
create or replace function chat.pick_trigram(p_signature_id integer, p_slot integer, p_pattern text)
returns bytea
language sql
stable
as $$
  select t.trigram
  from regexp_split_to_table(p_pattern, '[%_]+') as r(run)
  cross join lateral convert_to(r.run, 'UTF8') as b(bytes)
  cross join lateral generate_series(1, length(b.bytes) - 2) as i
  cross join lateral substring(b.bytes from i for 3) as t(trigram)
  left join matching.trigram as f
    on f.signature_id = p_signature_id and f.slot = p_slot and f.trigram = t.trigram
  order by coalesce(f.rows, 0), i
  limit 1
$$;
