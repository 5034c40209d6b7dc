-- Ids come from sequences of schema public, under the names that the original's dumps set. They go on as they were.
--
-- The views public.sport_event, public.execution and public.chat_event are no migration: db/views/public has them.
-- depends: 0019.mean-what-people-mean

do $$
declare
  v_name text;
begin
  foreach v_name in array array['sport_event', 'execution', 'chat_event'] loop
    if to_regclass('public.' || v_name) is not null
      or to_regclass('public.' || v_name || '_' || v_name || '_id_seq') is not null
    then
      raise exception using
        message = 'public.' || v_name || ' or its sequence is there already, perhaps as a table of the original '
          'service, and a view of this name is to be made: move it away (create schema original; alter table public.'
          || v_name || ' set schema original) and migrate again. Its rows come over with: insert into public.'
          || v_name || ' select * from original.' || v_name;
    end if;
  end loop;
  -- The log's lock first, as everywhere, so that no bridge or gateway that runs is waited for in a circle.
  perform pg_advisory_xact_lock(4242, 0);
  lock table chat.sport_event, chat.execution, chat.chat_event in access exclusive mode;
end
$$;

create sequence public.sport_event_sport_event_id_seq;

create sequence public.execution_execution_id_seq;

create sequence public.chat_event_chat_event_id_seq;

select setval('public.sport_event_sport_event_id_seq', s.last_value, s.is_called)
from chat.sport_event_sport_event_id_seq as s;

select setval('public.execution_execution_id_seq', s.last_value, s.is_called)
from chat.execution_execution_id_seq as s;

select setval('public.chat_event_chat_event_id_seq', s.last_value, s.is_called)
from chat.chat_event_chat_event_id_seq as s;

alter table chat.sport_event
  alter column sport_event_id drop identity,
  alter column sport_event_id set default nextval('public.sport_event_sport_event_id_seq');

alter table chat.execution
  alter column execution_id drop identity,
  alter column execution_id set default nextval('public.execution_execution_id_seq');

alter table chat.chat_event
  alter column chat_event_id drop identity,
  alter column chat_event_id set default nextval('public.chat_event_chat_event_id_seq');

-- What comes by way of the views is stored and not routed. The router's trigger is generated; here in its present form,
-- so that a bridge that runs meanwhile is not without it.
do $$
declare
  v_trigger text;
begin
  for v_trigger in
    select pg_get_triggerdef(t.oid)
    from pg_trigger as t
    join chat.feed as f on t.tgrelid = to_regclass('chat.' || quote_ident(f.name))
    where t.tgname = 'route' and t.tgqual is null
  loop
    execute replace(
      replace(v_trigger, 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER'),
      'FOR EACH STATEMENT',
      'FOR EACH STATEMENT WHEN (current_setting(''chat.is_routed'', true) is distinct from ''off'')'
    );
  end loop;
end
$$;
