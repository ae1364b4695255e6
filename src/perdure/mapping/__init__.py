"""Functions applied to the rows of tensors, one after another: map_fn, foldl, foldr, scan."""
