"""The command line, and everything on one machine: started, watched, asked about and stopped."""
