-- Answers requests to join, no two of which ask for the same name; see join_rooms. The caller holds the log's lock.
create or replace function chat.admit_members(
  p_gateway_id integer,
  p_usernames text[],
  p_room_ids integer[],
  p_new_tokens text[],
  p_resume_tokens text[],
  p_are_patient boolean[],
  p_name_keys text[],
  p_looks text[]
)
returns table (number integer, member_id bigint, seq bigint, welcome bytea, denial bytea)
language plpgsql
volatile
as $$
declare
  v record;
begin
  select
    array_agg(j.userstatus order by j.number) as statuses,
    array_agg(j.reason order by j.number) as reasons,
    array_agg(j.member_id order by j.number) as former_ids,
    array_agg(j.username order by j.number) as usernames,
    array_agg(j.userstatus is not distinct from 'USERJOINED' and j.member_id is null order by j.number) as are_entering
  into v
  from chat.judge_joins(
    p_gateway_id, p_usernames, p_room_ids, p_resume_tokens, p_are_patient, p_name_keys, p_looks
  ) as j;
  perform chat.take_places_back(p_gateway_id, v.former_ids, p_new_tokens, p_looks);
  perform chat.enter_rooms(
    p_gateway_id, v.are_entering, p_usernames, p_room_ids, p_new_tokens, p_name_keys, p_looks
  );
  return query
  select
    a.number, m.member_id, case when m.member_id is not null then a.seq end,
    case when m.member_id is not null and not a.is_entering then a.message end,
    case when m.member_id is null then a.message end
  from chat.answer_joins(p_usernames, v.usernames, p_room_ids, v.statuses, v.reasons, v.are_entering) as a
  left join lateral (
    select o.member_id from chat.member as o where a.userstatus = 'USERJOINED' and o.username = a.username offset 0
  ) as m on true;
end
$$;
