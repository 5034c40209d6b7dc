"""Looks at what runs: is it up, does it work, what is in the database; and words it for a person."""
