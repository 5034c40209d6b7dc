"""Runs things on this machine: everything (`up`), several gateways (`--workers`), and whatever has to be restarted."""
