-- To be run after a database was restored, from a dump or to a point in time, before gateways and bridge are started:
-- numbers that rooms gave to messages since then are not given again, and whoever resumes from before is told that part
-- of it is gone (HISTORY_TRUNCATED).

select chat.pass_over_numbers();
