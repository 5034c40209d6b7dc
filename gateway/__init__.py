"""The WebSocket gateway: clients' sessions on one side, Postgres's notifications on the other."""
