-- A comment that post_comments left alone: posted, unless moderators have the member wait; then the refusal.
--
-- Neither if the gateway does not have the membership any more. Apart from post_comments, so that all others, who are
-- nearly everybody, pay for two flags only.
create or replace function chat.post_held_comment(
  p_gateway_id integer,
  p_member_id bigint,
  p_comment text,
  out is_posted boolean,
  out refusal bytea
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_member chat.member;
  v_reason text;
begin
  perform chat.lock_log();
  is_posted := false;
  select m.* into v_member from chat.member as m where m.member_id = p_member_id and m.gateway_id = p_gateway_id;
  if not found then
    return;
  end if;
  v_reason := chat.explain_silence(v_member);
  if v_reason is null then
    is_posted := (chat.post_comments(p_gateway_id, array[p_member_id], array[p_comment], true))[1];
  else
    refusal := chat.record_refusal(
      'REJECTED_COMMENT', v_reason, chat.msgtype('COMMENT'), v_member.username, v_member.room_id, p_comment, '{}', '{}'
    );
  end if;
end
$$;
