"""What a user may be called, and which names are one and the same."""
