"""Serves chat over WebSockets: carries what Postgres decides to the clients, and what they ask to Postgres."""
