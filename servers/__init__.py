"""PostgreSQL and nats-server out of their wheels, each as one server on one data directory: no Docker, no root."""
