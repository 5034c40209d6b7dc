-- Whether NATS can subscribe to a subject: tokens with dots between, of which one may be * and the last one >.
create or replace function chat.is_subject(p_subject text)
returns boolean
language sql
immutable
parallel safe
as $$
  select octet_length(p_subject) <= 255
    and p_subject ~ '^([^[:space:][:cntrl:].*>]+|\*)(\.([^[:space:][:cntrl:].*>]+|\*))*(\.>)?$|^>$'
    and p_subject !~ '^[$_]'
    and p_subject <> '>'
$$;
