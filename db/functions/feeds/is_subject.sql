-- Whether a stream can have a subject: tokens with dots between; any but the first may be *, the last one >.
--
-- One that begins with a wildcard covers subjects of JetStream itself, which the server refuses.
create or replace function chat.is_subject(p_subject text)
returns boolean
language sql
immutable
parallel safe
as $$
  select octet_length(p_subject) <= 255
    and p_subject ~ '^([^[:space:][:cntrl:].*>]+|\*)(\.([^[:space:][:cntrl:].*>]+|\*))*(\.>)?$|^>$'
    and p_subject !~ '^[$_*>]'
$$;
