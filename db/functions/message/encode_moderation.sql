-- The fields of a chatmessage that say what moderators did. A time of over 136 years is the longest that fits.
create or replace function chat.encode_moderation(p_action text, p_lasts interval, p_removed_seq bigint)
returns bytea
language sql
stable
as $$
  select
    chat.encode_text(36, p_action)
    || chat.encode_number(
      37, case when p_lasts is not null then least(ceil(extract(epoch from p_lasts)), 4294967295)::bigint end
    )
    || chat.encode_number(38, p_removed_seq)
$$;
