-- The filter with a canonical text, made if it is new; locked against being forgotten until the transaction ends.
--
-- p_warning is what its writer is told though it is allowed, or null.
create or replace function chat.save_filter(p_feed_id integer, p_canonical text, p_warning text)
returns integer
language plpgsql
volatile
as $$
declare
  v_filter_id integer;
  v_hash text := chat.text_hash(p_canonical);
begin
  -- Another round if somebody else makes or forgets it between our two looks.
  loop
    select f.filter_id
    into v_filter_id
    from chat.filter as f
    where f.feed_id = p_feed_id and f.canonical_hash = v_hash
    for key share;
    exit when found;
    insert into chat.filter (feed_id, canonical, canonical_hash, language, warning)
    values (p_feed_id, p_canonical, v_hash, chat.language_version(), p_warning)
    on conflict (feed_id, canonical_hash) do nothing
    returning filter_id into v_filter_id;
    exit when found;
  end loop;
  update chat.filter as f
  set language = chat.language_version(), warning = p_warning
  where f.filter_id = v_filter_id and f.language < chat.language_version();
  return v_filter_id;
end
$$;
