-- Where a page of a room's past begins and ends: read what follows after_seq and comes before before_seq.
--
-- p_before: the page ends before this message, null for the newest; or p_resume_after: it begins behind this one. It
-- has up to p_count messages. gone_seq is the last that was asked for and is not there any more, null if all are.
create or replace function chat.open_past(
  p_room_id integer,
  p_before bigint,
  p_resume_after bigint,
  p_count integer,
  out after_seq bigint,
  out before_seq bigint,
  out gone_seq bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_newest bigint := chat.newest_seq(p_room_id);
  v_first bigint;
begin
  if p_resume_after is null then
    before_seq := least(coalesce(p_before, v_newest + 1), v_newest + 1);
    after_seq := greatest(before_seq - 1 - p_count, 0);
  else
    after_seq := least(p_resume_after, v_newest);
    before_seq := v_newest + 1;
  end if;
  v_first := chat.first_stored_seq(p_room_id, after_seq, before_seq);
  if v_first > after_seq + 1 then
    gone_seq := v_first - 1;
    after_seq := gone_seq;
  end if;
  before_seq := greatest(least(before_seq, after_seq + p_count + 1), after_seq + 1);
end
$$;
