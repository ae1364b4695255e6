"""What is known while a graph is built: static shapes, and values that follow from constants."""
