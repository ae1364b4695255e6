"""Arrays of tensors: making them and their gradients, writing, reading, and all entries at once.

Names of inputs, outputs and attributes are rows of the signature table.  (TensorFlow 1.15 refuses the ops of
older versions, whose handles are strings.)  The arrays themselves are in `resources/tensor_arrays.py`.
"""

from typing import Any

import numpy as np

from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.resources.tensor_arrays import TensorArray

_ON_ARRAY: dict[str, Any] = {"host": True, "of_step": True, "handles": {"handle": TensorArray}}
# The value of a flow says nothing: it only orders.
_FLOW = np.zeros((), np.float32)
_FLOW.flags.writeable = False


def on_array(definition, shape, kernel):
    """Give an op its rules."""
    definition.shape(shape)
    definition.kernel(kernel)
    definition.refuse_gradient("gradients of arrays of tensors are not supported yet")


# -- TensorArray -----------------------------------------------------------------------------


def _size_of(size):
    if np.ndim(size):
        raise invalid(f"TensorArray size must be scalar, but had shape: {format_shape(np.shape(size))}")
    if size < 0:
        raise invalid("Size should be >= 0.")
    return int(size)


def tensor_array_kernel(
    xp,
    size,
    *,
    obtain,
    dtype,
    element_shape,
    dynamic_size,
    clear_after_read,
    identical_element_shapes,
    tensor_array_name,
):
    array = obtain(
        array_name=tensor_array_name,
        dtype=dtype,
        size=_size_of(size),
        element_shape=element_shape,
        dynamic_size=dynamic_size,
        clear_after_read=clear_after_read,
        identical_element_shapes=identical_element_shapes,
    )
    return array, _FLOW


def tensor_array_shape(size):
    with_rank(size, 0)
    return [(2,), ()]


tensor_array = op("TensorArrayV3", host=True, of_step=True, makes=TensorArray)
tensor_array.shape(tensor_array_shape)
tensor_array.kernel(tensor_array_kernel)
tensor_array.not_differentiable("its entries have gradients, in an array of their own")

# -- TensorArrayGrad, TensorArrayGradWithShape -----------------------------------------------


def array_grad_kernel(xp, handle, flow_in, *, source):
    return handle.gradient(source), flow_in


def grad_with_shape_kernel(xp, handle, flow_in, shape_to_prepend, *, source):
    return handle.gradient(source, tuple(np.ravel(shape_to_prepend).tolist())), flow_in


def grad_shape():
    return [(2,), ()]


on_array(op("TensorArrayGradV3", **_ON_ARRAY), grad_shape, array_grad_kernel)
on_array(op("TensorArrayGradWithShape", **_ON_ARRAY), grad_shape, grad_with_shape_kernel)
