-- The routers go with the tables that they read; `migrate` makes them anew.
alter table chat.router drop column signature_ids;

comment on table chat.router is 'Which filters the generated router of a feed evaluates';
comment on column chat.router.filter_ids is null;

drop table chat.routed_filter;

-- With the functions that take a row of it.
drop table chat.signature cascade;

drop schema matching cascade;

drop function if exists chat.measure_filters(integer) cascade;

drop index chat.room_open_idx;
