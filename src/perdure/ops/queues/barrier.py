"""Barriers: making them, giving components to keys, taking what is complete, closing them.

Names of inputs, outputs and attributes are rows of the signature table.  The barriers themselves are in
`resources/barrier.py`.
"""

import numpy as np

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import merge, with_rank, with_rank_at_least
from perdure.ops.registry import op
from perdure.resources.barrier import Barrier

barrier = op("Barrier", setup=True, makes=Barrier)


@barrier.shape
def barrier_shape():
    return (2,)


@barrier.kernel
def barrier_kernel(xp, *, obtain, component_types, shapes, capacity):
    if any(shape is None or None in shape for shape in shapes):
        raise InvalidArgumentError(None, None, "All of the component shapes must be specified")
    if capacity != -1:
        raise InvalidArgumentError(
            None,
            None,
            "Barrier only accepts capacity=-1.  Feed the inputs to your Barrier through a queue to enforce a "
            "limited capacity.",
        )
    return obtain(dtypes=component_types, shapes=shapes)


barrier.not_differentiable("it is a source, with no inputs")

insert_many = op("BarrierInsertMany", host=True, handles={"handle": Barrier}, waits=True)


@insert_many.shape
def insert_many_shape(keys, values):
    keys, values = with_rank(keys, 1), with_rank_at_least(values, 1)
    if values is not None:
        merge(keys, values[:1])
    return []


@insert_many.kernel
def insert_many_kernel(xp, handle, keys, values, *, T, component_index, step):
    if component_index >= len(handle.dtypes):
        raise InvalidArgumentError(
            None,
            None,
            f"The component ID is out of range {component_index} > num_components (= {len(handle.dtypes)})",
        )
    if component_index < 0:  # TensorFlow ends the process
        raise InvalidArgumentError(None, None, f"The component ID must be >= 0, but is {component_index}")
    handle.check_types([T], [handle.dtypes[component_index]], "string_ref, string, {}->")
    handle.insert_many(component_index, keys, values, step)
    return ()


insert_many.not_differentiable("it deals with a barrier")

take_many = op("BarrierTakeMany", host=True, handles={"handle": Barrier}, static=["num_elements"], waits=True)


@take_many.shape
def take_many_shape(num_elements, *, component_types):
    return [None] * (2 + len(component_types))


@take_many.kernel
def take_many_kernel(
    xp, handle, num_elements, *, component_types, allow_small_batch, wait_for_incomplete, timeout_ms, step
):
    if timeout_ms != -1:
        raise InvalidArgumentError(None, None, "Timeout not supported yet.")
    if np.ndim(num_elements):
        raise InvalidArgumentError(None, None, "num_elements must be a scalar.")
    if num_elements < 0:
        raise InvalidArgumentError(None, None, f"num_elements must be >= 0, but is {num_elements}")
    handle.check_types(component_types, handle.dtypes, "string_ref, int32->int64, string, {}")
    indices, keys, *values = handle.take_many(int(num_elements), allow_small_batch, step)
    return indices, keys, values


take_many.not_differentiable("it deals with a barrier")

close = op("BarrierClose", host=True, handles={"handle": Barrier}, waits=True)


@close.shape
def close_shape():
    return []


@close.kernel
def barrier_close_kernel(xp, handle, *, cancel_pending_enqueues, step):
    handle.close(cancel_pending_enqueues, step)
    return ()


close.not_differentiable("it deals with a barrier")

ready_size = op("BarrierReadySize", host=True, handles={"handle": Barrier})


@ready_size.shape
def ready_size_shape():
    return ()


@ready_size.kernel
def ready_size_kernel(xp, handle):
    return np.int32(handle.ready_size())


ready_size.not_differentiable("it deals with a barrier")

incomplete_size = op("BarrierIncompleteSize", host=True, handles={"handle": Barrier})


@incomplete_size.shape
def incomplete_size_shape():
    return ()


@incomplete_size.kernel
def incomplete_size_kernel(xp, handle):
    return np.int32(handle.incomplete_size())


incomplete_size.not_differentiable("it deals with a barrier")
