-- To be run after a database was restored from a dump, before gateways and bridge are started: numbers that rooms gave
-- to messages since the dump are not given again, and whoever resumes from before is told that part of it is gone
-- (HISTORY_TRUNCATED).
--
-- Allows for a million messages per room since the dump. The groups' places move, and with them the sequences of all
-- their rooms, which are a place and the room's offset. Only here do the places of a group get a hole.

update chat.room_group as g set last_place = g.last_place + 1000000;

update chat.room as r set log_from = chat.newest_seq(r.room_id) + 1;
