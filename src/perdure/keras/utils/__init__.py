"""What the rooms of Keras share: descriptions of objects, structures, data on the way to a model."""
