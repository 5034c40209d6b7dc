-- Where a member who just joined with USERJOINED p_joined_seq starts to read what the room got before.
--
-- after_seq: read what follows it. truncated: the HISTORY_TRUNCATED to send first, if part of what was asked for is
-- gone, or if it is beyond the room's newest message: then the log was begun anew. Its seq is the last that is gone, so
-- that it is below what follows, and whoever resumes after it goes on there. p_resume_after wins over p_history.
create or replace function chat.open_history(
  p_username text,
  p_room_id integer,
  p_joined_seq bigint,
  p_resume_after bigint,
  p_history bigint,
  out after_seq bigint,
  out truncated bytea
)
language plpgsql
volatile
as $$
declare
  -- Behind what is gone because it was old: between messages of which some went, there would be holes.
  v_kept_from bigint := (select k.kept_from from chat.room_kept as k where k.room_id = p_room_id);
  v_first_kept bigint;
begin
  after_seq := case
    -- As many messages as there are: asking for more than the room ever had is no loss.
    when p_resume_after is null then greatest(p_joined_seq - 1 - p_history, 0)
    else least(p_resume_after, p_joined_seq - 1)
  end;
  v_first_kept := chat.first_stored_seq(
    p_room_id, greatest(after_seq, least(coalesce(v_kept_from, 0), p_joined_seq) - 1), p_joined_seq
  );
  if p_resume_after >= p_joined_seq then
    truncated := chat.record_answer(
      'HISTORY_TRUNCATED', p_username, p_room_id,
      format('the room has no message %s yet: its log was begun anew', p_resume_after),
      p_joined_seq - 1
    );
    return;
  end if;
  -- 0 asks for the start that is still kept, whatever that is.
  if p_resume_after > 0 then
    v_first_kept := greatest(v_first_kept, (select r.log_from from chat.room as r where r.room_id = p_room_id));
    if v_first_kept > after_seq + 1 then
      truncated := chat.record_answer(
        'HISTORY_TRUNCATED', p_username, p_room_id,
        format('what the room got before %s is not complete any more', v_first_kept),
        v_first_kept - 1
      );
    end if;
  end if;
  after_seq := v_first_kept - 1;
end
$$;
