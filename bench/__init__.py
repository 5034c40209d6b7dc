"""`make bench`: how fast the system is, measured from outside, and in each row a check that its results are right."""
