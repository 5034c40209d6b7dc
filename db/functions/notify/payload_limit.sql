-- How much of a notification's payload something may take, in bytes; of groups, how many go to a line.
--
-- NOTIFY takes 7,999 bytes. A payload is a head and parts behind it: messages with their numbers, or lines. What the
-- head leaves is the parts' room, and half of that is one part's: parts are put together until the first half is full,
-- so that a last one which begins there still fits. A part that would take more than half goes alone or is left out.
--
--   head of messages     M <group>:<place>␠          2 + 10 + 1 + 19 + 1 = 33
--   a message's number   <number>, and a space       19 + 1 + 1 = 21
--   head of lines        G <keys>␠                   2 + 1,000 + 1 = 1,003
--   a line's groups      |<group>:<place>, 64 times  64 * (10 + 1 + 19 + 1) = 1,984
--
-- A group has at most 10 digits, a place, a key or a sequence 19. Keys are `<first>-<last>` for nearly every batch.
create or replace function chat.payload_limit(p_of text)
returns integer
language plpgsql
immutable
parallel safe
as $$
begin
  -- Raises for what it does not know.
  case p_of
    when 'messages' then return 7999 - 33;
    when 'number' then return 21;
    when 'lines' then return 7999 - 1003;
    when 'keys' then return 1000;
    when 'groups' then return 64;
  end case;
end
$$;
