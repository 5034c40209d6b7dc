-- Raises RM501 (name), RM502 (subject) or RM504 (format) if a feed cannot be added like this, and says what can.
create or replace function chat.check_feed(
  p_name text,
  p_subject text,
  p_format text,
  p_message_type text,
  p_descriptor bytea
)
returns void
language plpgsql
stable
as $$
declare
  v_state text := (select f.state from chat.feed as f where f.name = p_name);
begin
  if coalesce(p_name !~ '^[a-z][a-z0-9_]{0,30}$', true) then
    raise exception 'a feed cannot be called %', quote_nullable(p_name)
      using errcode = 'RM501', hint = 'a name has 1 to 31 small letters, digits and _, and begins with a letter';
  elsif v_state = 'removed' then
    raise exception 'there was a feed %, of which the rows were kept', p_name
      using
        errcode = 'RM501',
        hint = format('select remove_feed(%L, rows => ''drop'') drops them; or take another name', p_name);
  elsif v_state is not null then
    raise exception 'there is a feed % already', p_name
      using errcode = 'RM501', hint = format('remove it first: select remove_feed(%L, rows => ''keep'')', p_name);
  elsif chat.is_subject(p_subject) is not true then
    raise exception '% is no subject', quote_nullable(p_subject)
      using
        errcode = 'RM502',
        hint = 'tokens with dots between, without blanks; * stands for one, > at the end for the rest, neither first';
  elsif p_format not in ('json', 'protobuf', 'text') or p_format is null then
    raise exception 'there is no format %', quote_nullable(p_format)
      using errcode = 'RM504', hint = 'formats are json, protobuf and text';
  elsif (p_format = 'protobuf') <> (p_message_type is not null and p_descriptor is not null) then
    raise exception 'protobuf, and nothing else, needs a message_type and a descriptor'
      using
        errcode = 'RM504',
        hint = 'protoc --include_imports --descriptor_set_out=FILE makes one, for edgechat feed add --descriptor FILE';
  end if;
end
$$;
