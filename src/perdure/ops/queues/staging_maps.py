"""Staging areas with keys: putting, getting and looking at tuples, or values of them.

Each op has a twin for areas that give the smallest key first: MapStage and OrderedMapStage.  Names of
inputs, outputs and attributes are rows of the signature table.  The nodes of one area share a name instead
of a handle.
"""

import numpy as np

from perdure.graph.errors import InvalidArgumentError
from perdure.ops.registry import op


def no_output_shape():
    return []


def unknown_shapes(*, dtypes):
    return [None] * len(dtypes)


def unknown_shapes_and_key(*, dtypes):
    return [None] * (1 + len(dtypes))


def scalar_shape():
    return ()


def area(ordered, resources, container, shared_name, node_name, dtypes, capacity, memory_limit):
    return resources.staging_area(
        "StagingMap", container, shared_name, node_name,
        length=len(dtypes), ordered=ordered, capacity=capacity, memory_limit=memory_limit,
    )  # fmt: skip


def checked(values, dtypes):
    if len(values) != len(dtypes):
        raise InvalidArgumentError(
            None, None, f"output/indices size mismatch: {len(dtypes)} vs. {len(values)}"
        )
    return values


def kernels(ordered):
    """For each thing that is done with an area the shape function and the kernel."""

    def stage(
        xp, key, indices, values, *, resources, node_name, container, shared_name, dtypes, capacity,
        memory_limit, step
    ):  # fmt: skip
        found = area(ordered, resources, container, shared_name, node_name, dtypes, capacity, memory_limit)
        found.put(int(key), np.ravel(indices).tolist(), values, step)
        return ()

    def unstage(
        xp, key, indices, *, resources, node_name, container, shared_name, dtypes, capacity, memory_limit,
        step
    ):  # fmt: skip
        found = area(ordered, resources, container, shared_name, node_name, dtypes, capacity, memory_limit)
        return checked(found.pop(int(key), np.ravel(indices).tolist(), step), dtypes)

    def unstage_no_key(
        xp, indices, *, resources, node_name, container, shared_name, dtypes, capacity, memory_limit, step
    ):
        found = area(ordered, resources, container, shared_name, node_name, dtypes, capacity, memory_limit)
        key, values = found.pop_any(np.ravel(indices).tolist(), step)
        return np.int64(key), checked(values, dtypes)

    def peek(
        xp, key, indices, *, resources, node_name, container, shared_name, dtypes, capacity, memory_limit,
        step
    ):  # fmt: skip
        found = area(ordered, resources, container, shared_name, node_name, dtypes, capacity, memory_limit)
        return checked(found.peek(int(key), np.ravel(indices).tolist(), step), dtypes)

    def size(xp, *, resources, node_name, container, shared_name, dtypes, capacity, memory_limit):
        found = area(ordered, resources, container, shared_name, node_name, dtypes, capacity, memory_limit)
        return np.int32(found.size())

    def incomplete_size(xp, *, resources, node_name, container, shared_name, dtypes, capacity, memory_limit):
        found = area(ordered, resources, container, shared_name, node_name, dtypes, capacity, memory_limit)
        return np.int32(found.incomplete_size())

    def clear(xp, *, resources, node_name, container, shared_name, dtypes, capacity, memory_limit):
        found = area(ordered, resources, container, shared_name, node_name, dtypes, capacity, memory_limit)
        found.clear()
        return ()

    return {
        "stage": (no_output_shape, stage),
        "unstage": (unknown_shapes, unstage),
        "unstage_no_key": (unknown_shapes_and_key, unstage_no_key),
        "peek": (unknown_shapes, peek),
        "size": (scalar_shape, size),
        "incomplete_size": (scalar_shape, incomplete_size),
        "clear": (no_output_shape, clear),
    }


def of_staging_map(ordered, **definitions):
    """Give the ops of one kind of area, by what they do, their rules."""
    rules = kernels(ordered)
    for name, definition in definitions.items():
        shape, kernel = rules[name]
        definition.shape(shape)
        definition.kernel(kernel)
        definition.not_differentiable("it deals with a staging area")


of_staging_map(
    ordered=False,
    stage=op("MapStage", host=True, waits=True),
    unstage=op("MapUnstage", host=True, waits=True),
    unstage_no_key=op("MapUnstageNoKey", host=True, waits=True),
    peek=op("MapPeek", host=True, waits=True),
    size=op("MapSize", host=True),
    incomplete_size=op("MapIncompleteSize", host=True),
    clear=op("MapClear", host=True),
)
of_staging_map(
    ordered=True,
    stage=op("OrderedMapStage", host=True, waits=True),
    unstage=op("OrderedMapUnstage", host=True, waits=True),
    unstage_no_key=op("OrderedMapUnstageNoKey", host=True, waits=True),
    peek=op("OrderedMapPeek", host=True, waits=True),
    size=op("OrderedMapSize", host=True),
    incomplete_size=op("OrderedMapIncompleteSize", host=True),
    clear=op("OrderedMapClear", host=True),
)
