-- Makes a partition ahead: bounds the highest one, and has a new one take all above. Null if that is not needed yet.
--
-- It is done while the highest is empty, when the one before is half full. If nobody came by in time, the highest has
-- rows, and a large one of these is prepared first (prepare_bound).
create or replace function chat.extend_table(
  p_table regclass,
  p_next bigint,
  p_now timestamptz,
  p_step_for interval,
  p_step_bytes bigint
)
returns text
language plpgsql
volatile
as $$
declare
  v_top chat.partition;
  v_last chat.partition;
  v_is_late boolean;
  v_is_large boolean;
  v_width bigint;
  v_until bigint;
  v_highest bigint;
begin
  select p.* into v_top
  from chat.partition as p
  where p.table_name = p_table and p.until_key is null and p.detached_at is null;
  select p.* into v_last from chat.partition as p where p.table_name = p_table and p.until_key = v_top.from_key;
  v_is_late := coalesce(p_next >= v_top.from_key, true);
  if not v_is_late and p_next < v_last.until_key - v_last.width / 2 then
    return null;
  end if;
  v_is_large := v_is_late and pg_relation_size(v_top.part) > 16777216;
  if v_is_large then
    v_until := chat.prepare_bound(v_top, p_next);
    if v_until is null then
      return format('preparing the end of %s', v_top.part);
    end if;
    v_width := v_until - p_next;
  else
    v_width := case
      when v_last.partition_id is null then 100000
      else chat.next_width(v_last, p_next, p_now, p_step_for, p_step_bytes)
    end;
    v_until := case when v_is_late then p_next else v_top.from_key end + v_width;
    -- Somebody may have stored rows under keys of their own, which the sequence does not know.
    v_highest := chat.highest_key(v_top);
    if v_highest >= v_until then
      v_width := v_width + v_highest + 1 - v_until;
      v_until := v_highest + 1;
    end if;
  end if;
  perform chat.split_top(v_top, v_until, v_width, not v_is_large);
  return format('%s ends before key %s', v_top.part, v_until);
end
$$;
