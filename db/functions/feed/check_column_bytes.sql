-- Raises in words if a text is longer than its column takes; the constraint's own message names neither.
create or replace function chat.check_column_bytes(p_column text, p_text text, p_max_bytes integer)
returns void
language plpgsql
immutable
as $$
begin
  if octet_length(p_text) > p_max_bytes then
    raise exception '% is % bytes long, and % are the most', p_column, octet_length(p_text), p_max_bytes
      using errcode = 'check_violation';
  end if;
end
$$;
