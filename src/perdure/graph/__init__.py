"""The program as data: graphs, operations, tensors, types, shapes, scopes, signatures, errors."""

from perdure.graph import operators

# Importing it gives Tensor its operators; nothing can make a tensor before.
del operators
