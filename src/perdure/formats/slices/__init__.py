"""Parts of tensors as checkpoints name them: `TensorSlice`, its texts and keys, and what parts add up to."""
