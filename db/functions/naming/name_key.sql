-- What a user's name is compared by, where no gateway has told it: for people in psql.
--
-- As gateway/names has it (RFC 8266), but for a few letters of which Postgres and Python know other small ones.
create or replace function chat.name_key(p_username text)
returns text
language sql
immutable
parallel safe
as $$
  select lower(btrim(regexp_replace(normalize(p_username, NFKC), ' +', ' ', 'g')) collate chat.code_points)
$$;
