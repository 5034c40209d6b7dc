-- Schemas chat (tables and functions) and room_filter (generated views and routers), and the database's settings.
--
-- chat comes after public on the search path: yoyo looks for its own tables in the first schema that exists, and would
-- apply everything again if that changed between two runs.

do $$
begin
  -- Where yoyo runs alone, db/server.py is asked only after the migrations.
  if current_setting('server_version_num')::integer / 10000 not in (16, 17, 18) then
    raise exception using
      message = 'this is PostgreSQL ' || current_setting('server_version')
        || ', and filters were tested on 16, 17 and 18 only: use one of these servers, '
        'or a version of edge-chatroom that knows this one';
  end if;
  if getdatabaseencoding() <> 'UTF8' then
    raise exception using
      message = 'this database''s encoding is ' || getdatabaseencoding()
        || ', and only UTF8 holds all that members and feeds may write: have an administrator run `create database '
        || quote_ident(current_database() || '_utf8') || ' owner ' || quote_ident(current_user)
        || ' encoding ''UTF8'' template template0`, and migrate that one';
  end if;
end
$$;

create schema chat;

create schema room_filter;

comment on schema chat is 'Rooms, members, feeds, the room log and everything that decides what a room gets';

comment on schema room_filter is
  'Generated: a view a room and feed with what the room''s filter passes, a router a feed';

do $$
begin
  execute 'alter database ' || quote_ident(current_database()) || ' set search_path = public, chat';
  -- A listener or reader left idle in a transaction pins the NOTIFY queue until every commit fails.
  execute 'alter database ' || quote_ident(current_database()) || ' set idle_in_transaction_session_timeout = ''60s''';
end
$$;
