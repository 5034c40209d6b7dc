-- The table with the constants of a signature's filters, as one of its forms needs them.
create or replace function chat.constants_table(p_signature_id integer, p_form text)
returns text
language sql
immutable
as $$
  select format('matching.%s_%s', p_form, p_signature_id)
$$;
