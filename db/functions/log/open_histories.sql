-- Opens histories for many members, in order, each as open_history does.
--
-- Who resumes after the same message is answered the same, and looked up once, unless part of it is gone: then each is
-- told so, and that is recorded for each.
create or replace function chat.open_histories(
  p_usernames text[],
  p_room_ids integer[],
  p_joined_seqs bigint[],
  p_resume_after bigint[],
  p_counts bigint[]
)
returns table (number integer, after_seq bigint, truncated bytea)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  return query
  with asked as materialized (
    select a.*, first_value(a.place) over (
      partition by a.room_id, a.joined_seq, a.resume_after, a.count order by a.place
    ) as first_place
    from unnest(p_usernames, p_room_ids, p_joined_seqs, p_resume_after, p_counts)
      with ordinality as a(username, room_id, joined_seq, resume_after, count, place)
  ),
  opened as materialized (
    select a.place, o.after_seq, o.truncated
    from asked as a
    -- Who has missed nothing has nothing to be looked up.
    cross join lateral (select a.resume_after is not distinct from a.joined_seq - 1 as is_complete) as c
    left join lateral (
      select w.*
      from chat.open_history(a.username, a.room_id, a.joined_seq, a.resume_after, a.count) as w
      where not c.is_complete
      -- offset: not called for the others.
      offset 0
    ) as h on true
    cross join lateral (select case when c.is_complete then a.resume_after else h.after_seq end, h.truncated)
      as o(after_seq, truncated)
    where a.place = a.first_place
  )
  select
    a.place::integer, o.after_seq,
    case
      when o.truncated is null or a.place = o.place then o.truncated
      else (chat.open_history(a.username, a.room_id, a.joined_seq, a.resume_after, a.count)).truncated
    end
  from asked as a
  join opened as o on o.place = a.first_place;
end
$$;
