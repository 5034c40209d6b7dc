-- Whether a decimal is what its float stands for, so that floats may be compared instead: with up to 15 digits, it is.
create or replace function chat.is_exact(p_number numeric)
returns boolean
language sql
immutable
as $$
  select case
    when p_number = 0 or p_number in ('NaN', 'Infinity', '-Infinity') then true
    when abs(p_number) between 1e-300 and 1e300 then p_number::double precision::numeric = p_number
    else p_number is null
  end
$$;
