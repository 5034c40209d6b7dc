-- Roles with no more rights than their parts need. An administrator runs it once; docs/deploy.md has the steps.
--
-- `edgechat` owns the database and is there: only migrations use it, and the functions run with its rights. None of the
-- three is a superuser. Give each of these two a password of its own.

create role edgechat_bridge login connection limit 10;

create role edgechat_gateway login;

-- A gateway that comes back ends its lost session (chat.reclaim_gateway), which the owner may do to its members only.
grant edgechat_gateway to edgechat;
