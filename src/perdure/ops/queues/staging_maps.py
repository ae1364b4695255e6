"""Staging areas with keys: putting, getting and looking at tuples, or values of them.

Each op has a twin for areas that give the smallest key first: MapStage and OrderedMapStage.  Names of
inputs, outputs and attributes are rows of the signature table.  The nodes of one area share a name instead
of a handle.
"""

import numpy as np

from perdure.graph.errors import InvalidArgumentError
from perdure.ops.registry import op
from perdure.resources.staging import OrderedStagingMap, StagingMap


def no_output_shape():
    return []


def unknown_shapes(*, dtypes):
    return [None] * len(dtypes)


def unknown_shapes_and_key(*, dtypes):
    return [None] * (1 + len(dtypes))


def scalar_shape():
    return ()


def checked(values, dtypes):
    if len(values) != len(dtypes):
        raise InvalidArgumentError(
            None, None, f"output/indices size mismatch: {len(dtypes)} vs. {len(values)}"
        )
    return values


def found(obtain, dtypes, capacity, memory_limit):
    return obtain(length=len(dtypes), capacity=capacity, memory_limit=memory_limit)


def stage(xp, key, indices, values, *, obtain, dtypes, capacity, memory_limit, step):
    area = found(obtain, dtypes, capacity, memory_limit)
    area.put(int(key), np.ravel(indices).tolist(), values, step)
    return ()


def unstage(xp, key, indices, *, obtain, dtypes, capacity, memory_limit, step):
    area = found(obtain, dtypes, capacity, memory_limit)
    return checked(area.pop(int(key), np.ravel(indices).tolist(), step), dtypes)


def unstage_no_key(xp, indices, *, obtain, dtypes, capacity, memory_limit, step):
    area = found(obtain, dtypes, capacity, memory_limit)
    key, values = area.pop_any(np.ravel(indices).tolist(), step)
    return np.int64(key), checked(values, dtypes)


def peek(xp, key, indices, *, obtain, dtypes, capacity, memory_limit, step):
    area = found(obtain, dtypes, capacity, memory_limit)
    return checked(area.peek(int(key), np.ravel(indices).tolist(), step), dtypes)


def size(xp, *, obtain, dtypes, capacity, memory_limit):
    return np.int32(found(obtain, dtypes, capacity, memory_limit).size())


def incomplete_size(xp, *, obtain, dtypes, capacity, memory_limit):
    return np.int32(found(obtain, dtypes, capacity, memory_limit).incomplete_size())


def clear(xp, *, obtain, dtypes, capacity, memory_limit):
    found(obtain, dtypes, capacity, memory_limit).clear()
    return ()


def of_staging_maps(unordered, ordered, shape, kernel):
    """Give the two ops that do one thing with an area, of either kind, their rules."""
    for definition in (unordered, ordered):
        definition.shape(shape)
        definition.kernel(kernel)
        definition.not_differentiable("it deals with a staging area")


of_staging_maps(
    op("MapStage", host=True, waits=True, makes=StagingMap),
    op("OrderedMapStage", host=True, waits=True, makes=OrderedStagingMap),
    no_output_shape,
    stage,
)
of_staging_maps(
    op("MapUnstage", host=True, waits=True, makes=StagingMap),
    op("OrderedMapUnstage", host=True, waits=True, makes=OrderedStagingMap),
    unknown_shapes,
    unstage,
)
of_staging_maps(
    op("MapUnstageNoKey", host=True, waits=True, makes=StagingMap),
    op("OrderedMapUnstageNoKey", host=True, waits=True, makes=OrderedStagingMap),
    unknown_shapes_and_key,
    unstage_no_key,
)
of_staging_maps(
    op("MapPeek", host=True, waits=True, makes=StagingMap),
    op("OrderedMapPeek", host=True, waits=True, makes=OrderedStagingMap),
    unknown_shapes,
    peek,
)
of_staging_maps(
    op("MapSize", host=True, makes=StagingMap),
    op("OrderedMapSize", host=True, makes=OrderedStagingMap),
    scalar_shape,
    size,
)
of_staging_maps(
    op("MapIncompleteSize", host=True, makes=StagingMap),
    op("OrderedMapIncompleteSize", host=True, makes=OrderedStagingMap),
    scalar_shape,
    incomplete_size,
)
of_staging_maps(
    op("MapClear", host=True, makes=StagingMap),
    op("OrderedMapClear", host=True, makes=OrderedStagingMap),
    no_output_shape,
    clear,
)
