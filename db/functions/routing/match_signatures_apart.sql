-- What a feed's signatures pass of new rows, each tried by itself.
--
-- left_ids are the filters to be looked at one by one: those of signatures that raise or take longer than a pass may,
-- left_signatures, and those that are not evaluated by signature.
create or replace function chat.match_signatures_apart(
  p_feed_id integer,
  p_row_ids bigint[],
  out filter_ids integer[],
  out bits bytea[],
  out left_ids integer[],
  out left_signatures integer[]
)
language plpgsql
volatile
as $$
declare
  v_max_time interval := (select s.max_pass_time from chat.setting as s);
  v_signature chat.signature;
  v_rows text;
  v_match record;
begin
  filter_ids := '{}';
  bits := '{}';
  left_signatures := '{}';
  select format('select * from feed.%I where %I = any (%L)', f.name, f.key_column, p_row_ids)
  into v_rows
  from chat.feed as f
  where f.feed_id = p_feed_id;
  for v_signature in
    select s.* from chat.signature as s where s.feed_id = p_feed_id and s.form <> 'direct' order by s.signature_id
  loop
    begin
      v_match := chat.match_signature(v_signature, v_signature.form, v_rows, cardinality(p_row_ids));
      if v_match.took > v_max_time then
        left_signatures := left_signatures || v_signature.signature_id;
        continue;
      end if;
      filter_ids := filter_ids || v_match.filter_ids;
      bits := bits || v_match.bits;
    exception
      when query_canceled or others then
        left_signatures := left_signatures || v_signature.signature_id;
    end;
  end loop;
  left_ids := array(
    select r.filter_id
    from chat.routed_filter as r
    where r.feed_id = p_feed_id and (not r.is_indexed or r.signature_id = any (left_signatures))
    order by r.filter_id
  );
end
$$;
