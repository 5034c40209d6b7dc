"""Random and mutated clauses against the filters' gates: a few hundred in `make test`, many in `make fuzz`."""
