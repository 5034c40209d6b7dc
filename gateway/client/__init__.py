"""A client's connection: what it asks, and what goes out to it."""
