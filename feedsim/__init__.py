"""Two simulated feeds, matches and trades, published to NATS as outside feeds would be."""
