-- After rows were written through a view of the original's: their ids are not given again.
create or replace function chat.number_on()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform chat.continue_numbering(
    coalesce(to_regclass('chat.' || tg_table_name), to_regclass('feed.' || tg_table_name))
  );
  return null;
end
$$;
