"""What datasets are when they run: recipes that dataset ops make, and the iterators that follow them."""
