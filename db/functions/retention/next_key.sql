-- The key that a sequence gives next. Whoever was given one before may still be about to use it.
create or replace function chat.next_key(p_sequence regclass)
returns bigint
language plpgsql
volatile
as $$
declare
  v_next bigint;
begin
  execute format('select s.last_value + s.is_called::integer from %s as s', p_sequence) into v_next;
  return v_next;
end
$$;
