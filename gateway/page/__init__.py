"""The web page: files that the gateway gives to browsers, and how."""
