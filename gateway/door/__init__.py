"""Who is let in: what is looked at before a connection has a session, and how fast it may send."""
