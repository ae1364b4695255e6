"""What stored slices give, beside a count of each element."""

import numpy as np
import pytest

from perdure.formats.slices.coverage import Coverage
from perdure.formats.slices.tensor_slice import TensorSlice
from perdure.graph.errors import DataLossError, InternalError


def random_slice(random, shape):
    """A slice of a tensor."""
    extents = []
    for size in shape:
        start = random.randint(size)
        extents.append(None if random.rand() < 0.2 else (start, 1 + random.randint(size - start)))
    return TensorSlice(tuple(extents))


def places(part, shape):
    """Where it is in an array."""
    return tuple(slice(*bounds) for bounds in part.bounds_in(shape))


def test_pieces_are_put_together_rightly():
    """Random slices, as many as do not overlap."""
    random = np.random.RandomState(4)
    complete = 0
    for _ in range(300):
        shape = tuple(random.randint(1, 5, size=random.randint(1, 4)).tolist())
        whole = random.rand(*shape)
        parts, count = [], np.zeros(shape, int)
        for _ in range(12):
            part = random_slice(random, shape)
            if not count[places(part, shape)].any():
                parts.append(part)
                count[places(part, shape)] += 1
        wanted = random_slice(random, shape)
        pieces = Coverage(shape, parts).pieces(wanted)
        assert (pieces is not None) == bool(count[places(wanted, shape)].all())
        if pieces is None:
            continue
        complete += 1
        result = np.full(wanted.shape_in(shape), np.nan)
        for piece in pieces:
            result[piece.target] = whole[places(piece.part, shape)][piece.source]
        np.testing.assert_array_equal(result, whole[places(wanted, shape)])
    assert complete > 50


def test_scalars_and_nothing():
    assert len(Coverage((), [TensorSlice(())]).pieces(TensorSlice(())) or []) == 1
    assert Coverage((), []).pieces(TensorSlice(())) is None
    assert Coverage((0, 3), [TensorSlice.full(2)]).pieces(TensorSlice.full(2)) == []


def test_slices_do_not_overlap():
    with pytest.raises(
        InternalError, match="Overlapping slices: existing slice = 0,2:-, new slice = 1,1:0,1"
    ):
        Coverage((4, 3), [TensorSlice.parse("0,2:-"), TensorSlice.parse("1,1:0,1")])
    with pytest.raises(InternalError, match="out of bounds"):
        Coverage((4,), [TensorSlice.parse("3,2")])
    with pytest.raises(DataLossError, match="more than 10000 slices"):
        Coverage((20_000,), [TensorSlice(((place, 1),)) for place in range(10_001)])
