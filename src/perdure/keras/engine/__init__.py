"""What layers and models are made of: calls, nodes, networks, and the loops that train them."""
