"""Building nodes of sparse tensors."""
