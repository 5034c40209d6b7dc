"""The ground that every process stands on: settings, ports, child processes, and running until told to stop."""
