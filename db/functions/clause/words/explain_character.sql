-- Why a character may not stand in a clause outside literals.
--
-- One that is not seen, or looks like another one, is named in words: editors and chats put them in for plain ones.
create or replace function chat.explain_character(p_character text)
returns text
language sql
immutable
as $$
  select case
    when p_character = ';' then '`;` is not allowed in a filter; a filter is one condition'
    when p_character = '''' then 'a text literal is not closed; end it with '''
    when p_character = '"' then '`"` is not allowed in a filter; names need no quotes, text stands in single quotes'
    when p_character = '.' then '`.` is not allowed in a filter; name columns and functions alone'
    when p_character ~ '[\x01-\x1f\x7f]' then 'a control character is not allowed in a filter'
    when c.code < 128 then format('`%s` is not allowed in a filter outside text in single quotes', p_character)
    when c.code = 160 then format('a no-break space (%s) is not allowed in a filter; type a plain space', c.name)
    when p_character ~ U&'[\1680\2000-\200a\2028\2029\202f\205f\3000]'
      then format('a space of another kind (%s) is not allowed in a filter; type a plain space', c.name)
    when c.code = 8203 then format('a zero-width space (%s) is not allowed in a filter; leave it out', c.name)
    when c.code = 8204 then format('a zero-width non-joiner (%s) is not allowed in a filter; leave it out', c.name)
    when c.code = 8205 then format('a zero-width joiner (%s) is not allowed in a filter; leave it out', c.name)
    when c.code = 65279 then format('a byte order mark (%s) is not allowed in a filter; leave it out', c.name)
    when p_character ~ U&'[\0080-\009f\00ad\061c\200e\200f\202a-\202e\2060-\206f]'
      then format('a character that is not seen (%s) is not allowed in a filter; leave it out', c.name)
    when c.code = 8211 then format('`%s` is an en dash (%s); type a plain -', p_character, c.name)
    when c.code = 8212 then format('`%s` is an em dash (%s); type a plain -', p_character, c.name)
    when c.code = 8722 then format('`%s` is a minus sign of another kind (%s); type a plain -', p_character, c.name)
    when p_character ~ U&'[\2010-\2015]' then format('`%s` is a dash (%s); type a plain -', p_character, c.name)
    when p_character in ('≤', '≥', '≠')
      then format(
        '`%s` (%s) is not allowed in a filter; type %s',
        p_character, c.name, case p_character when '≤' then '<=' when '≥' then '>=' else '<>' end
      )
    when p_character ~ U&'[\2018-\201f\00ab\00b4\00bb\02bc\2032\2033\2039\203a]'
      then format('`%s` is a typographic quote (%s); type '' around text', p_character, c.name)
    when c.code between 65281 and 65374
      then format('`%s` is a fullwidth character (%s); type a plain %s', p_character, c.name, chr(c.code - 65248))
    else
      format(
        '`%s` (%s) is not allowed in a filter outside text in single quotes; words are of the letters a to z',
        p_character, c.name
      )
  end
  from (select ascii(p_character), to_hex(ascii(p_character))) as a(code, hex)
  cross join lateral (
    select a.code, 'U+' || repeat('0', 4 - length(a.hex)) || upper(a.hex collate "C")
  ) as c(code, name)
$$;
