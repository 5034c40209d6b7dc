-- How many letters are to be put in, left out or exchanged to make one word of another (Levenshtein), in any case.
create or replace function chat.count_edits(p_word text, p_other text)
returns integer
language plpgsql
immutable
as $$
declare
  v_letters text[] := string_to_array(chat.fold_word(left(p_word, 40)), null);
  v_others text[] := string_to_array(chat.fold_word(p_other), null);
  -- v_row[j + 1]: edits from the letters so far to the first j letters of the other word.
  v_row integer[] := array(select generate_series(0, cardinality(v_others)));
  v_diagonal integer;
  v_above integer;
begin
  for i in 1..cardinality(v_letters) loop
    v_diagonal := v_row[1];
    v_row[1] := i;
    for j in 1..cardinality(v_others) loop
      v_above := v_row[j + 1];
      v_row[j + 1] := least(
        v_above + 1, v_row[j] + 1, v_diagonal + (v_letters[i] <> v_others[j])::integer
      );
      v_diagonal := v_above;
    end loop;
  end loop;
  return v_row[cardinality(v_others) + 1];
end
$$;
