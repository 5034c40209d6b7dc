"""Looking at what runs: is it up, does it work, what is in the database, and how that is shown."""
