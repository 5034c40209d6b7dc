-- Answers requests to join, in order, with one row per request; what the row holds tells the outcome:
--
-- - denial: the request was refused, and this is the message that says why.
-- - welcome: its token took a place back; the room hears nothing, and this is the USERJOINED for the sender alone.
-- - a member_id alone: the room was told. seq is the sequence of that USERJOINED; of a place taken back, the room's
--   newest.
-- - nothing: the name belongs to a member of another gateway, who may just be leaving it, and the request is patient:
--   nothing was done or recorded, and the gateway may ask again.
-- p_name_keys are what names are compared by, p_looks what stands for all that look alike (gateway/names); a name
-- without a key gets that of chat.name_key, one without a look is compared with none.
-- p_new_tokens are what members can take their places back with later, p_resume_tokens what they present for that now.
create or replace function chat.join_rooms(
  p_gateway_id integer,
  p_usernames text[],
  p_room_ids integer[],
  p_new_tokens text[] default '{}',
  p_resume_tokens text[] default '{}',
  p_are_patient boolean[] default '{}',
  p_name_keys text[] default '{}',
  p_looks text[] default '{}'
)
returns table (number integer, member_id bigint, seq bigint, welcome bytea, denial bytea)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_name_keys text[];
  v_step integer := cardinality(p_usernames);
begin
  perform chat.lock_log();
  select array_agg(coalesce(u.name_key, chat.name_key(u.username)) order by u.number)
  into v_name_keys
  from unnest(p_usernames, p_name_keys) with ordinality as u(username, name_key, number);
  if chat.share_names(p_usernames, v_name_keys, p_looks) then
    -- No gateway does that. One after the other, the first one gets the name.
    v_step := 1;
  end if;
  for v_first in 1..cardinality(p_usernames) by greatest(v_step, 1) loop
    return query
    select v_first - 1 + a.number, a.member_id, a.seq, a.welcome, a.denial
    from chat.admit_members(
      p_gateway_id,
      p_usernames[v_first:v_first + v_step - 1],
      p_room_ids[v_first:v_first + v_step - 1],
      p_new_tokens[v_first:v_first + v_step - 1],
      p_resume_tokens[v_first:v_first + v_step - 1],
      p_are_patient[v_first:v_first + v_step - 1],
      v_name_keys[v_first:v_first + v_step - 1],
      p_looks[v_first:v_first + v_step - 1]
    ) as a
    order by a.number;
  end loop;
end
$$;
