-- Links this server with others, for the views of all servers, and takes away the links with those that are not named.
--
-- p_servers has, by its name, what libpq needs to know of each; p_user and p_password are the login there. They are
-- kept where the owner of this database and administrators can read them, and nobody else. Called again it changes
-- nothing, but for what is otherwise now.
create or replace function chat.link_servers(p_servers jsonb, p_user text, p_password text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v record;
  v_gone constant text[] := array(select l.name from chat.list_links() as l(name) where not p_servers ? l.name);
  v_former text;
begin
  for v in
    select j.key as name, string_agg(format('add %I %L', o.key, o.value), ', ') as options
    from jsonb_each(p_servers) as j
    cross join lateral jsonb_each_text(j.value) as o
    group by j.key
  loop
    if v.name not in (select l.name from chat.list_links() as l(name)) then
      execute format('create server %I type %L foreign data wrapper postgres_fdw', v.name, 'edgechat');
    end if;
    select string_agg(format('drop %I, ', o.option_name), '') into v_former
    from pg_foreign_server as s
    cross join lateral pg_options_to_table(s.srvoptions) as o
    where s.srvname = v.name;
    execute format('alter server %I options (%s%s)', v.name, v_former, v.options);
    execute format('drop user mapping if exists for current_user server %I', v.name);
    begin
      execute format(
        'create user mapping for current_user server %I options (user %L, password %L)', v.name, p_user, p_password
      );
    exception
      -- The error itself would bring the statement, with the password, to the server's log.
      when others then
        raise exception 'the login for server % cannot be kept: %', v.name, sqlerrm using errcode = sqlstate;
    end;
  end loop;
  perform chat.build_all_views(v_gone);
  for v in select i as name from unnest(v_gone) as i loop
    execute format('drop server %I cascade', v.name);
  end loop;
end
$$;
