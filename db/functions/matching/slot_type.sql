-- What kind of constant something is compared with, null if it stays in the text: its type, `[]` behind that of a list.
--
-- Whole numbers of any size are alike: they compare with each other. Patterns of LIKE are told apart by what finds
-- them, see find_anchors: prefix, infix, or nothing (pattern).
create or replace function chat.slot_type(p_operator text, p_is_list boolean, p_constant text)
returns text
language sql
immutable
as $$
  select case
    when p_operator is null then null
    when p_operator not in ('~~', '!~~') then t.type || case when p_is_list then '[]' else '' end
    when p_is_list or t.type <> 'text' then null
    when p_operator = '!~~' or p_constant like '%\\%' then 'pattern'
    when p_constant ~ '^''[^%_]+%+''::text$' then 'prefix'
    when octet_length(chat.longest_run(p_constant)) >= 3 then 'infix'
    else 'pattern'
  end
  from (
    select case substring(p_constant from '::([a-z ]+)$')
      when 'text' then 'text'
      when 'numeric' then 'numeric'
      when 'bigint' then 'bigint'
      when 'integer' then 'bigint'
      when 'timestamp with time zone' then 'timestamptz'
      else
        case
          when p_constant ~ '(^|, )[0-9]+$' then 'bigint'
          when p_constant ~ '(^|, )[0-9]+\.[0-9]+$' then 'numeric'
        end
    end as type
  ) as t
$$;
