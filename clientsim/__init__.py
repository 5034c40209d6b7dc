"""Simulated users: chatsimulator, with the original's command line, and a swarm for load. They know only the wire."""
