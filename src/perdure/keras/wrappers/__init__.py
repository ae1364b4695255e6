"""Models of Keras in the form that other libraries want."""
