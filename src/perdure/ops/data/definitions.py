"""What ops that make datasets have in common.

Their kernels return a `Dataset` (`pipelines/`), which is the value of a variant tensor; names of inputs,
outputs and attributes are rows of the signature table.
"""

from perdure.graph.errors import InvalidArgumentError
from perdure.ops.registry import op
from perdure.pipelines.calling import as_dataset

__all__ = ["as_dataset", "dataset_op", "integer", "scalar_shape", "text"]


def scalar_shape():
    return ()


def dataset_op(op_type, **traits):
    """The definition of an op that makes a dataset."""
    definition = op(op_type, host=True, **traits)
    definition.shape(scalar_shape)
    definition.not_differentiable("it makes a dataset")
    return definition


def integer(value, name):
    """The number that an input gives.

    Raises:
        InvalidArgumentError: it is no scalar.
    """
    if getattr(value, "ndim", 0):
        raise InvalidArgumentError(None, None, f"{name} must be a scalar")
    return int(value)


def text(value):
    """The bytes of a scalar of strings."""
    return value if isinstance(value, bytes) else value.item()
