-- A condition's parse tree with its constants as check_patterns reads them: a text, list or JSON becomes <its size>.
--
-- JSON that is a number becomes n<its size>, a small integer #<itself>, a list of constant texts <the size of all>.
create or replace function chat.write_patterns(p_quals text)
returns text
language plpgsql
immutable
as $$
declare
  v_tree text := p_quals;
  v_list text[];
begin
  v_tree := regexp_replace(
    v_tree,
    '\{CONST :consttype ' || 'jsonb'::regtype::oid || ' [^{}]*:constisnull false [^{}]*:constvalue (\d+) '
    -- The heads: one scalar in a list, and that it is a number; the highest byte signed or not.
    '\[ (?:-?\d+ ){4}1 0 0 80 (?:-?\d+ ){3}(?:-112|144) [^{}]*\}',
    'n<\1>', 'g'
  );
  v_tree := regexp_replace(
    v_tree, '\{CONST [^{}]*:constlen -1 [^{}]*:constisnull false [^{}]*:constvalue (\d+) \[[^{}]*\}', '<\1>', 'g'
  );
  v_tree := regexp_replace(
    v_tree,
    '\{CONST :consttype 23 [^{}]*:constisnull false [^{}]*:constvalue 4 \[ '
    -- Its lowest byte: signed or not, as the machine's char is.
    '(\d\d?(?= 0 0 0 )|-\d\d?(?= -1 -1 -1 )|2[45]\d(?= 255 255 255 ))[^{}]*\}',
    '#<\1>', 'g'
  );
  v_tree := regexp_replace(v_tree, '\{COLLATEEXPR :arg (<\d+>)[^{}]*\}', '\1', 'g');
  loop
    v_list := regexp_match(v_tree, '(\{ARRAYEXPR [^{}]*:elements \(((?:<\d+> ?)+)\) :multidims[^{}]*\})');
    exit when v_list is null;
    v_tree := replace(
      v_tree,
      v_list[1],
      (select format('<%s>', sum(m[1]::integer + 4)) from regexp_matches(v_list[2], '<(\d+)>', 'g') as m)
    );
  end loop;
  return v_tree;
end
$$;
