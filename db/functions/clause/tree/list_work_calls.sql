-- The calls in a part of a parse tree that cost more than others, by function or operator, as a person names them.
create or replace function chat.list_work_calls(p_tree text)
returns table (name text, is_text_work boolean, is_number_work boolean, max_pattern integer)
language sql
stable
as $$
  select
    case a.signature
      when 'numeric_add(numeric,numeric)' then '+'
      when 'numeric_sub(numeric,numeric)' then '-'
      when 'numeric_mul(numeric,numeric)' then '*'
      when 'numeric_div(numeric,numeric)' then '/'
      when 'numeric_mod(numeric,numeric)' then '%'
      else
        case
          when a.signature like 'text%' then 'LIKE'
          when a.signature ~ '^(jsonb_(?!typeof)|array[_a-z]*\((anyarray|jsonb),any)' then (
            select min(o.oprname) from pg_operator as o where o.oprcode = c.function
          )
          else replace(split_part(a.signature, '(', 1), '"', '') || '()'
        end
    end,
    a.is_text_work,
    a.is_number_work,
    a.max_pattern
  from (
    select m[1]::oid as function from regexp_matches(p_tree, ':funcid (\d+)', 'g') as m
    union all
    select o.oprcode
    from regexp_matches(p_tree, ':opno (\d+)', 'g') as m
    join pg_operator as o on o.oid = m[1]::oid
  ) as c
  join pg_proc as p on p.oid = c.function
  join chat.allowed_function as a
    on (a.is_text_work or a.is_number_work) and chat.is_signature_of(a.signature, p.oid, p.proname)
$$;
