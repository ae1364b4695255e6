"""Staging areas: Stage, Unstage, StagePeek, StageSize, StageClear.

Names of inputs, outputs and attributes are rows of the signature table.  The nodes of one area share a name
instead of a handle.
"""

import numpy as np

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import with_rank
from perdure.ops.registry import op


def no_output_shape():
    return []


def unknown_shapes(*, dtypes):
    return [None] * len(dtypes)


def peek_shape(index, *, dtypes):
    with_rank(index, 0)
    return [None] * len(dtypes)


def scalar_shape():
    return ()


def area(resources, container, shared_name, node_name, capacity, memory_limit):
    return resources.staging_area(
        "StagingArea", container, shared_name, node_name, capacity=capacity, memory_limit=memory_limit
    )


def stage_kernel(xp, values, *, resources, node_name, container, shared_name, capacity, memory_limit, step):
    area(resources, container, shared_name, node_name, capacity, memory_limit).put(values, step)
    return ()


def unstage_kernel(xp, *, resources, node_name, container, shared_name, capacity, memory_limit, dtypes, step):
    values = area(resources, container, shared_name, node_name, capacity, memory_limit).get(step)
    return checked(values, dtypes)


def stage_peek_kernel(
    xp, index, *, resources, node_name, container, shared_name, capacity, memory_limit, dtypes, step
):
    values = area(resources, container, shared_name, node_name, capacity, memory_limit).peek(int(index), step)
    return checked(values, dtypes)


def checked(values, dtypes):
    if len(values) != len(dtypes):
        raise InvalidArgumentError(None, None, f"Mismatch stage/unstage: {len(values)} vs. {len(dtypes)}")
    return values


def stage_size_kernel(xp, *, resources, node_name, container, shared_name, capacity, memory_limit):
    found = area(resources, container, shared_name, node_name, capacity, memory_limit)
    return np.int32(found.size())


def stage_clear_kernel(xp, *, resources, node_name, container, shared_name, capacity, memory_limit):
    area(resources, container, shared_name, node_name, capacity, memory_limit).clear()
    return ()


for _definition, _shape, _kernel in (
    (op("Stage", host=True, waits=True), no_output_shape, stage_kernel),
    (op("Unstage", host=True, waits=True), unknown_shapes, unstage_kernel),
    (op("StagePeek", host=True, waits=True), peek_shape, stage_peek_kernel),
    (op("StageSize", host=True), scalar_shape, stage_size_kernel),
    (op("StageClear", host=True), no_output_shape, stage_clear_kernel),
):
    _definition.shape(_shape)
    _definition.kernel(_kernel)
    _definition.not_differentiable("it deals with a staging area")
