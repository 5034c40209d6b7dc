-- What a filter says for a word of other databases or of plain English; null if nothing comes to mind.
create or replace function chat.name_instead(p_word text)
returns text
language sql
immutable
as $$
  select i.instead
  from (
    values
      ('{max}'::text[], 'greatest(…, …)'),
      ('{min}', 'least(…, …)'),
      ('{len,strlen}', 'length(…)'),
      ('{ifnull,nvl}', 'coalesce(…, …)'),
      ('{truncate}', 'trunc(…)'),
      ('{ucase}', 'upper(…)'),
      ('{lcase}', 'lower(…)'),
      ('{instr,charindex,locate}', 'position(… in …)'),
      ('{convert}', 'cast(… as …)'),
      ('{pow,power}', 'a product: price * price'),
      ('{if,iif,decode}', 'case when … then … else … end'),
      ('{isnull}', 'IS NULL'),
      ('{notnull}', 'IS NOT NULL'),
      ('{any,some}', 'IN (…), or comparisons joined by OR'),
      ('{contains,has,includes}', 'LIKE ''%…%'''),
      ('{starts,begins}', 'LIKE ''…%'''),
      ('{ends}', 'LIKE ''%…'''),
      ('{similar,regexp,rlike,glob,matches}', 'LIKE, where % is any text and _ one character'),
      ('{equals,equal}', '='),
      ('{but}', 'AND')
  ) as i(words, instead)
  where p_word = any (i.words)
$$;
