"""`make bench`: how fast the system is, measured through its own processes, with a check of correctness in each row."""
