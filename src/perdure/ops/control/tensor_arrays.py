"""Arrays of tensors: making them and their gradients, writing, reading, and all entries at once.

Names of inputs, outputs and attributes are rows of the signature table.  (TensorFlow 1.15 refuses the ops of
older versions, whose handles are strings.)  The arrays themselves are in `resources/tensor_arrays.py`.
"""

from typing import Any

import numpy as np

from perdure.graph.shapes import format_shape, merge, merge_size, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.traits import SHAPE_ONLY
from perdure.resources.tensor_arrays import TensorArray

_ON_ARRAY: dict[str, Any] = {"of_step": True, "handles": {"handle": TensorArray}}
# The value of a flow says nothing: it only orders.
_FLOW = np.zeros((), np.float32)
_FLOW.flags.writeable = False


def on_array(definition, shape, kernel):
    """Give an op its rules."""
    definition.shape(shape)
    definition.kernel(kernel)
    definition.refuse_gradient("its gradient is another array's operation: gradients/array_rules.py")


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


def tensor_array_shape(shape_of_size):
    with_rank(shape_of_size, 0)
    return [(2,), ()]


tensor_array = op("TensorArrayV3", of_step=True, makes=TensorArray, static=["size"])
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

# -- TensorArrayWrite, TensorArrayRead -------------------------------------------------------


def _index_of(index):
    if getattr(index, "ndim", 0):
        raise invalid(f"TensorArray index must be scalar, but had shape: {format_shape(np.shape(index))}")
    return index


def write_shape(handle, index, value):
    with_rank(index, 0)
    merge(handle, value)
    return ()


def array_write_kernel(xp, handle, index, value, flow_in, *, T):
    handle.check_type(T, writes=True)
    handle.write(_index_of(index), value)
    return flow_in


def read_shape(handle, index):
    with_rank(index, 0)
    return handle


def array_read_kernel(xp, handle, index, *, dtype):
    handle.check_type(dtype, writes=False)
    return handle.read(_index_of(index))


# -- TensorArrayGather, TensorArrayScatter ---------------------------------------------------


def _indices_of(indices):
    if np.ndim(indices) != 1:
        raise invalid(
            f"Expected indices to be a vector, but received shape: {format_shape(np.shape(indices))}"
        )
    return indices


def gather_shape(handle, indices, *, element_shape):
    (count,) = with_rank(indices, 1)
    known = element_shape if handle is None else handle
    return None if known is None else (count, *known)


def array_gather_kernel(xp, handle, indices, *, dtype, element_shape):
    handle.check_type(dtype, writes=False)
    return handle.gather(_indices_of(indices), element_shape)


def scatter_shape(handle, indices, value):
    (count,) = with_rank(indices, 1)
    if value is not None:
        if not value:
            raise ValueError("Shape must be at least rank 1 but is rank 0")
        merge_size(value[0], count)
        merge(handle, value[1:])
    return ()


def array_scatter_kernel(xp, handle, indices, value, flow_in, *, T):
    handle.check_type(T, writes=True)
    indices = _indices_of(indices)
    if not np.ndim(value):
        raise invalid("Input value for unpack must be at least a vector but received shape: []")
    if len(indices) != len(value):
        raise invalid(f"Expected len(indices) == values.shape[0], but saw: {len(indices)} vs. {len(value)}")
    handle.scatter(indices, value)
    return flow_in


# -- TensorArrayConcat, TensorArraySplit -----------------------------------------------------


def concat_shape():
    return [None, (None,)]


def array_concat_kernel(xp, handle, *, dtype, element_shape_except0):
    handle.check_type(dtype, writes=False)
    return handle.concat(element_shape_except0)


def split_shape(lengths):
    with_rank(lengths, 1)
    return ()


def array_split_kernel(xp, handle, value, lengths, flow_in, *, T):
    handle.check_type(T, writes=True)
    if np.ndim(lengths) != 1:
        raise invalid(f"Expected lengths to be a vector, received shape: {format_shape(np.shape(lengths))}")
    handle.split(value, lengths)
    return flow_in


# -- TensorArraySize, TensorArrayClose -------------------------------------------------------


def size_shape():
    return ()


def array_size_kernel(xp, handle):
    return np.asarray(handle.size, np.int32)[()]


def close_shape():
    return []


def array_close_kernel(xp, handle):
    # It ends with the step in any case.
    return ()


on_array(op("TensorArrayWriteV3", **_ON_ARRAY), write_shape, array_write_kernel)
on_array(op("TensorArrayReadV3", **_ON_ARRAY), read_shape, array_read_kernel)
on_array(op("TensorArrayGatherV3", **_ON_ARRAY), gather_shape, array_gather_kernel)
on_array(op("TensorArrayScatterV3", **_ON_ARRAY), scatter_shape, array_scatter_kernel)
on_array(op("TensorArrayConcatV3", **_ON_ARRAY), concat_shape, array_concat_kernel)
on_array(op("TensorArraySplitV3", **_ON_ARRAY), split_shape, array_split_kernel)
on_array(op("TensorArraySizeV3", reads_only=SHAPE_ONLY, **_ON_ARRAY), size_shape, array_size_kernel)
on_array(op("TensorArrayCloseV3", **_ON_ARRAY), close_shape, array_close_kernel)
