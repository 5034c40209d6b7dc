-- The signature of a filter and its constants as Postgres writes them; it is made if there is none.
--
-- The caller holds the log's lock.
create or replace function chat.obtain_signature(
  p_feed_id integer,
  p_canonical text,
  out signature_id integer,
  out form text,
  out constants text[]
)
language plpgsql
volatile
as $$
declare
  v_read record := chat.read_signature(p_canonical);
  v_tree jsonb;
begin
  constants := v_read.constants;
  select s.signature_id, s.form
  into signature_id, form
  from chat.signature as s
  where s.feed_id = p_feed_id and s.template_hash = chat.text_hash(v_read.template);
  if not found then
    v_tree := chat.parse_template(v_read.template);
    insert into chat.signature (feed_id, template, template_hash, slots, version, tree, anchors, is_mappable)
    values (
      p_feed_id, v_read.template, chat.text_hash(v_read.template), v_read.slots, chat.matching_version(),
      v_tree, chat.find_anchors(v_tree), chat.is_mappable(v_tree)
    )
    returning signature.signature_id, signature.form into signature_id, form;
  end if;
end
$$;
