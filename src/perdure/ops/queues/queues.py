"""Queues: making them, adding and taking elements, closing them.

Names of inputs, outputs and attributes are rows of the signature table.  Each op has an older twin whose
handle is a reference to strings; the rules are the same.  The queues themselves are in
`resources/queues.py`; an op that may have to wait hands them the step, which waits.
"""

import numpy as np

from perdure.graph.dtypes import int64
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import with_rank
from perdure.ops.registry import op
from perdure.resources.queues import PaddingFIFOQueue, PriorityQueue, Queue, RandomShuffleQueue

# -- FIFOQueue, PaddingFIFOQueue, PriorityQueue, RandomShuffleQueue -------------------------------


def fifo_queue_kernel(xp, *, obtain, component_types, shapes, capacity):
    return obtain(dtypes=component_types, shapes=shapes, capacity=capacity)


def padding_fifo_queue_kernel(xp, *, obtain, component_types, shapes, capacity):
    if len(shapes) != len(component_types):
        raise InvalidArgumentError(
            None,
            None,
            f"Shapes must be provided for all components, but received {len(component_types)} dtypes and "
            f"{len(shapes)} shapes.",
        )
    return obtain(dtypes=component_types, shapes=shapes, capacity=capacity)


def priority_queue_kernel(xp, *, obtain, component_types, shapes, capacity):
    return obtain(
        dtypes=[int64, *component_types],
        shapes=[(), *shapes] if len(shapes) == len(component_types) else [],
        capacity=capacity,
    )


def random_shuffle_queue_kernel(
    xp, *, obtain, component_types, shapes, capacity, min_after_dequeue, seed, seed2
):
    return obtain(
        dtypes=component_types,
        shapes=shapes,
        capacity=capacity,
        min_after_dequeue=min_after_dequeue,
        seeds=(seed, seed2),
    )


def scalar_shape():
    return ()


def reference_shape():
    return (2,)


def maker(old, new, kernel):
    """Let two ops make queues, the older one as references to strings."""
    old.shape(reference_shape)
    new.shape(scalar_shape)
    for definition in (old, new):
        definition.kernel(kernel)
        definition.not_differentiable("it is a source, with no inputs")


maker(
    op("FIFOQueue", setup=True, makes=Queue),
    op("FIFOQueueV2", setup=True, makes=Queue),
    fifo_queue_kernel,
)
maker(
    op("PaddingFIFOQueue", setup=True, makes=PaddingFIFOQueue),
    op("PaddingFIFOQueueV2", setup=True, makes=PaddingFIFOQueue),
    padding_fifo_queue_kernel,
)
maker(
    op("PriorityQueue", setup=True, makes=PriorityQueue),
    op("PriorityQueueV2", setup=True, makes=PriorityQueue),
    priority_queue_kernel,
)
maker(
    op("RandomShuffleQueue", setup=True, makes=RandomShuffleQueue),
    op("RandomShuffleQueueV2", setup=True, makes=RandomShuffleQueue),
    random_shuffle_queue_kernel,
)


# -- what is done with a queue ---------------------------------------------------------------------


def no_output_shape():
    return []


def unknown_shapes(*, component_types):
    return [None] * len(component_types)


def size_shape():
    return ()


def dequeue_many_shape(n, *, component_types):
    if n is not None:
        with_rank(np.shape(n), 0)
        if n < 0:
            raise ValueError(f"Input 'n' must be >= 0, but is {n}")
    return [None] * len(component_types)


def enqueue_kernel(xp, handle, components, *, Tcomponents, step):
    handle.check_types(Tcomponents, taking=False)
    handle.enqueue(components, step)
    return ()


def enqueue_many_kernel(xp, handle, components, *, Tcomponents, step):
    handle.check_types(Tcomponents, taking=False)
    handle.enqueue_many(components, step)
    return ()


def dequeue_kernel(xp, handle, *, component_types, step):
    handle.check_types(component_types, taking=True)
    return handle.dequeue(step)


def dequeue_many_kernel(xp, handle, n, *, component_types, step):
    check_count(n, "DequeueManyOp")
    handle.check_types(component_types, taking=True)
    return handle.dequeue_many(int(n), step)


def dequeue_up_to_kernel(xp, handle, n, *, component_types, step):
    check_count(n, "DequeueUpToOp")
    handle.check_types(component_types, taking=True)
    return handle.dequeue_many(int(n), step, allow_fewer=True)


def check_count(n, what):
    if n < 0:
        raise InvalidArgumentError(None, None, f"{what} requested {n} < 0 elements")


def queue_close_kernel(xp, handle, *, cancel_pending_enqueues, step):
    handle.close(cancel_pending_enqueues, step)
    return ()


def queue_size_kernel(xp, handle):
    return np.int32(handle.size())


def queue_is_closed_kernel(xp, handle):
    return np.bool_(handle.is_closed)


def of_queue(old, new, shape, kernel):
    """Give the two ops that do one thing with a queue their rules."""
    for definition in (old, new):
        definition.shape(shape)
        definition.kernel(kernel)
        definition.not_differentiable("it deals with a queue")


_HANDLE = {"handle": Queue}

of_queue(
    op("QueueEnqueue", host=True, handles=_HANDLE, waits=True),
    op("QueueEnqueueV2", host=True, handles=_HANDLE, waits=True),
    no_output_shape,
    enqueue_kernel,
)
of_queue(
    op("QueueEnqueueMany", host=True, handles=_HANDLE, waits=True),
    op("QueueEnqueueManyV2", host=True, handles=_HANDLE, waits=True),
    no_output_shape,
    enqueue_many_kernel,
)
of_queue(
    op("QueueDequeue", host=True, handles=_HANDLE, waits=True),
    op("QueueDequeueV2", host=True, handles=_HANDLE, waits=True),
    unknown_shapes,
    dequeue_kernel,
)
of_queue(
    op("QueueDequeueMany", host=True, handles=_HANDLE, static=["n"], waits=True),
    op("QueueDequeueManyV2", host=True, handles=_HANDLE, static=["n"], waits=True),
    dequeue_many_shape,
    dequeue_many_kernel,
)
of_queue(
    op("QueueDequeueUpTo", host=True, handles=_HANDLE, static=["n"], waits=True),
    op("QueueDequeueUpToV2", host=True, handles=_HANDLE, static=["n"], waits=True),
    dequeue_many_shape,
    dequeue_up_to_kernel,
)
of_queue(
    op("QueueClose", host=True, handles=_HANDLE, waits=True),
    op("QueueCloseV2", host=True, handles=_HANDLE, waits=True),
    no_output_shape,
    queue_close_kernel,
)
of_queue(
    op("QueueSize", host=True, handles=_HANDLE),
    op("QueueSizeV2", host=True, handles=_HANDLE),
    size_shape,
    queue_size_kernel,
)
of_queue(
    op("QueueIsClosed", host=True, handles=_HANDLE),
    op("QueueIsClosedV2", host=True, handles=_HANDLE),
    size_shape,
    queue_is_closed_kernel,
)
