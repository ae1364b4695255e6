"""What operations mean: one module for each family of ops, and the registry that finds them."""
