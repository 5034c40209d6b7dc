do $$
begin
  execute 'alter database ' || quote_ident(current_database()) || ' reset search_path';
  execute 'alter database ' || quote_ident(current_database()) || ' reset idle_in_transaction_session_timeout';
  drop schema room_filter cascade;
  drop schema chat cascade;
end
$$;
