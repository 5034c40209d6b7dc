-- Why a clause is too long or empty; null if it is neither.
create or replace function chat.check_length(p_clause text)
returns text
language sql
stable
as $$
  select case
    when octet_length(p_clause) > s.max_clause_bytes
      then format('the clause has %s bytes; at most %s are allowed', octet_length(p_clause), s.max_clause_bytes)
    when btrim(coalesce(p_clause, ''), e' \t\r\n') = ''
      then 'the clause is empty; write a condition, or NONE to filter nothing out, ALL to filter everything out, '
        'SAME to keep the filter'
  end
  from chat.setting as s
$$;
