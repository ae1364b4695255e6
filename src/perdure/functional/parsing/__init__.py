"""Building nodes that make tensors of serialized messages and of text."""
