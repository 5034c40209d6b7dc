"""The WebSocket gateway: sessions of clients on one side, Postgres's notifications on the other, nothing decided between."""
