"""Carries the feeds from NATS into Postgres, each message once: reads, decodes, stores in batches."""
