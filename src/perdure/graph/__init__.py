"""The program as data: graphs, operations, tensors, types, shapes, scopes, signatures, errors."""

from perdure.graph import conversions, operators

# Importing them completes what they import: tensors get their operators, and the registry its first types.
# Nothing can make a tensor before.
del conversions, operators
