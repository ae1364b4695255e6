"""Staging areas: Stage, Unstage, StagePeek, StageSize, StageClear.

Names of inputs, outputs and attributes are rows of the signature table.  The nodes of one area share a name
instead of a handle.
"""

import numpy as np

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import with_rank
from perdure.ops.registry import op
from perdure.resources.staging import StagingArea


def no_output_shape():
    return []


def unknown_shapes(*, dtypes):
    return [None] * len(dtypes)


def peek_shape(index, *, dtypes):
    with_rank(index, 0)
    return [None] * len(dtypes)


def scalar_shape():
    return ()


def stage_kernel(xp, values, *, obtain, capacity, memory_limit, step):
    obtain(capacity=capacity, memory_limit=memory_limit).put(values, step)
    return ()


def unstage_kernel(xp, *, obtain, capacity, memory_limit, dtypes, step):
    values = obtain(capacity=capacity, memory_limit=memory_limit).get(step)
    return checked(values, dtypes)


def stage_peek_kernel(xp, index, *, obtain, capacity, memory_limit, dtypes, step):
    values = obtain(capacity=capacity, memory_limit=memory_limit).peek(int(index), step)
    return checked(values, dtypes)


def checked(values, dtypes):
    if len(values) != len(dtypes):
        raise InvalidArgumentError(None, None, f"Mismatch stage/unstage: {len(values)} vs. {len(dtypes)}")
    return values


def stage_size_kernel(xp, *, obtain, capacity, memory_limit):
    return np.int32(obtain(capacity=capacity, memory_limit=memory_limit).size())


def stage_clear_kernel(xp, *, obtain, capacity, memory_limit):
    obtain(capacity=capacity, memory_limit=memory_limit).clear()
    return ()


for _definition, _shape, _kernel in (
    (op("Stage", host=True, waits=True, makes=StagingArea), no_output_shape, stage_kernel),
    (op("Unstage", host=True, waits=True, makes=StagingArea), unknown_shapes, unstage_kernel),
    (op("StagePeek", host=True, waits=True, makes=StagingArea), peek_shape, stage_peek_kernel),
    (op("StageSize", host=True, makes=StagingArea), scalar_shape, stage_size_kernel),
    (op("StageClear", host=True, makes=StagingArea), no_output_shape, stage_clear_kernel),
):
    _definition.shape(_shape)
    _definition.kernel(_kernel)
    _definition.not_differentiable("it deals with a staging area")
