-- Puts in force what moderators did on another server, to a room or in all rooms, with the record of it.
--
-- What is in force already stays as it is.
create or replace function chat.receive_measures(p_measures jsonb)
returns void
language plpgsql
volatile
as $$
declare
  v_item jsonb;
  v_act chat.moderation;
  v chat.measure;
begin
  for v_item in select u from jsonb_array_elements(p_measures) as u loop
    v := jsonb_populate_record(null::chat.measure, v_item);
    continue when exists (
      select from chat.measure as m
      where m.name_key = v.name_key and m.kind = v.kind and m.room_id is not distinct from v.room_id
    );
    v_act := jsonb_populate_record(null::chat.moderation, v_item -> 'act');
    v_act.moderation_id := nextval('chat.moderation_moderation_id_seq');
    insert into chat.moderation overriding system value select v_act.*;
    v.moderation_id := v_act.moderation_id;
    insert into chat.measure select v.*;
  end loop;
end
$$;
