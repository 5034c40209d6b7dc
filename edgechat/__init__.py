"""The roof: the command line, what starts and supervises everything on one machine (run), and what looks (look)."""
