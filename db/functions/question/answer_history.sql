-- HISTORY: which messages of a room answer it: those after one seq, up to another; and the last one that is gone.
--
-- Without p_resume_after they are the last p_count before p_before, or of all, in the log as it is. With it, they are
-- the first after it, and what is not complete is gone, as for whoever resumes (open_history).
create or replace function chat.answer_history(
  p_room_id integer,
  p_before bigint,
  p_resume_after bigint,
  p_count integer,
  out after_seq bigint,
  out up_to_seq bigint,
  out gone_seq bigint
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_newest bigint := chat.newest_seq(p_room_id);
begin
  up_to_seq := greatest(least(p_before - 1, v_newest), 0);
  if p_resume_after is null then
    after_seq := greatest(up_to_seq - p_count, 0);
    return;
  elsif p_resume_after > v_newest then
    -- The log was begun anew.
    after_seq := v_newest;
    up_to_seq := v_newest;
    gone_seq := v_newest;
    return;
  end if;
  after_seq := chat.first_stored_seq(p_room_id, p_resume_after, up_to_seq + 1) - 1;
  -- 0 asks for the start that is still kept, whatever that is.
  if p_resume_after > 0 then
    after_seq := greatest(after_seq, (select r.log_from - 1 from chat.room as r where r.room_id = p_room_id));
    after_seq := greatest(least(after_seq, up_to_seq), p_resume_after);
    gone_seq := nullif(after_seq, p_resume_after);
  end if;
  up_to_seq := least(up_to_seq, after_seq + p_count);
end
$$;
