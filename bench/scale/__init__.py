"""What a message costs each part, as constants; and how many servers and gateways a load needs by them."""
