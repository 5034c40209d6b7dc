"""`edgechat server`: the Postgres servers that rooms are dealt over."""
