"""Who may come in: the keys, the tokens that are signed with them, and what a token allows."""
