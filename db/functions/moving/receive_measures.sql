-- Puts in force what moderators did to a room on another server, with the record of it.
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
    v_act := jsonb_populate_record(null::chat.moderation, v_item -> 'act');
    v_act.moderation_id := nextval('chat.moderation_moderation_id_seq');
    insert into chat.moderation overriding system value select v_act.*;
    v := jsonb_populate_record(null::chat.measure, v_item);
    v.moderation_id := v_act.moderation_id;
    insert into chat.measure select v.*;
  end loop;
end
$$;
