"""Slice, StridedSlice, its gradient and assignments."""

import numpy as np

from tests.cases import Case
from tests.draws import later
from tests.draws import normal as f


def i4(value):
    return np.array(value, "i4")


def strided(begin, end, strides, dtype="i4", **masks):
    return [np.array(begin, dtype), np.array(end, dtype), np.array(strides, dtype)], masks


SHAPE = (4, 5, 3)
A = f(*SHAPE)
TEXT = np.array(["a", "b", "c", "d"])
# id -> the shape of what is sliced, and how
SPECS = {
    "plain": (SHAPE, strided([1, 0, 0], [3, 5, 2], [1, 1, 1])),
    "steps": (SHAPE, strided([0, 1], [4, 5], [2, 3])),
    "backwards": (SHAPE, strided([3, 4, 2], [0, 0, 0], [-1, -2, -1], begin_mask=1, end_mask=5)),
    "masked": (SHAPE, strided([9, 1], [9, 9], [1, 1], begin_mask=1, end_mask=3)),
    "clamped": (SHAPE, strided([-9, -9, 1], [9, 9, -9], [1, 2, -1])),
    "empty": (SHAPE, strided([3], [1], [1])),
    "index": (SHAPE, strided([1, -1], [2, 0], [1, 1], shrink_axis_mask=3)),
    "to-scalar": (SHAPE, strided([1, 2, 0], [2, 3, 1], [1, 1, 1], shrink_axis_mask=7)),
    "ellipsis": (SHAPE, strided([0, 1], [0, 2], [1, 1], ellipsis_mask=1, shrink_axis_mask=2)),
    "ellipsis-middle": (SHAPE, strided([1, 0, 0], [2, 0, 2], [1, 1, 1], ellipsis_mask=2)),
    "ellipsis-of-none": (SHAPE, strided([0, 0, 0, 1], [2, 0, 2, 2], [1, 1, 1, 1], ellipsis_mask=2)),
    "new-axis": (SHAPE, strided([0, 1, 0], [0, 3, 0], [1, 1, 1], new_axis_mask=5)),
    "new-axis-and-ellipsis": (
        SHAPE,
        strided(
            [0, 0, 0, 1], [0, 0, 0, 2], [1, 1, 1, 1], new_axis_mask=5, ellipsis_mask=2, shrink_axis_mask=8
        ),
    ),
    "int64": (SHAPE, strided([1], [3], [1], dtype="i8")),
    "nothing": (SHAPE, strided([], [], [])),
    "no-elements": ((0, 3), strided([0, 1], [0, 3], [1, 1], begin_mask=1, end_mask=1)),
}
BAD = {
    "index-outside": (SHAPE, strided([4], [5], [1], shrink_axis_mask=1)),
    "index-far-below": (SHAPE, strided([-5], [0], [1], shrink_axis_mask=1)),
    "too-many": (SHAPE, strided([0] * 4, [1] * 4, [1] * 4)),
    "step-0": (SHAPE, strided([0], [1], [0])),
    "two-ellipses": (SHAPE, strided([0, 0], [0, 0], [1, 1], ellipsis_mask=3)),
    "index-backwards": (SHAPE, strided([1], [0], [-1], shrink_axis_mask=1)),
    "lengths": (SHAPE, [[i4([0]), i4([1, 1]), i4([1])], {}]),
}


def selected(array, bounds, masks):
    """The same with Python's slices."""

    def bit(name, i):
        return masks.get(name, 0) >> i & 1

    where = []
    for i, (begin, end, step) in enumerate(zip(*bounds)):
        if bit("ellipsis_mask", i):
            where.append(Ellipsis)
        elif bit("new_axis_mask", i):
            where.append(None)
        elif bit("shrink_axis_mask", i):
            where.append(int(begin))
        else:
            where.append(
                slice(
                    None if bit("begin_mask", i) else int(begin),
                    None if bit("end_mask", i) else int(end),
                    int(step),
                )
            )
    return array[tuple(where)]


def changed(part):
    return (part * 2 + 1).astype("f4")


CASES = [
    Case("Slice", [A, i4([1, 0, 2]), i4([2, -1, 1])]),
    Case("Slice", [A, np.array([4, 0, 0], "i8"), np.array([0, 1, 1], "i8")], id="empty"),
    Case("Slice", [np.float32(2), i4([]), i4([])], id="scalar", grad=False),
    Case("Slice", [TEXT, i4([1]), i4([2])], id="text", grad=False, compiled=False),
    Case("Slice", [A, i4([0, 0, 2]), i4([1, 1, 2])], id="beyond", error="InvalidArgumentError"),
    Case("Slice", [A, i4([0, 0, -1]), i4([1, 1, 1])], id="negative", error="InvalidArgumentError"),
    Case("Slice", [A, i4([0, 6, 0]), i4([1, -1, 1])], id="begin-beyond", error="InvalidArgumentError"),
    Case("Slice", [A, i4([0]), i4([1])], id="wrong-rank", error="InvalidArgumentError"),
    Case("StridedSlice", [TEXT, i4([0]), i4([4]), i4([2])], id="text", grad=False, compiled=False),
]
for _name, (_shape, (_bounds, _masks)) in sorted(SPECS.items()):
    _array = f(*_shape)
    _part = later(selected, _array, _bounds, _masks)
    CASES += [
        Case("StridedSlice", [_array] + _bounds, _masks, id=_name),
        Case(
            "StridedSliceGrad",
            [np.array(_shape, _bounds[0].dtype)] + _bounds + [_part],
            _masks,
            id=_name,
        ),
        Case("TensorStridedSliceUpdate", [_array] + _bounds + [changed(_part)], _masks, id=_name, grad=False),
        Case("StridedSliceAssign", [_array] + _bounds + [changed(_part)], _masks, id=_name, grad=False),
        Case(
            "ResourceStridedSliceAssign", [_array] + _bounds + [changed(_part)], _masks, id=_name, grad=False
        ),
    ]
for _name, (_shape, (_bounds, _masks)) in sorted(BAD.items()):
    CASES.append(Case("StridedSlice", [f(*_shape)] + _bounds, _masks, id=_name, error="InvalidArgumentError"))
CASES += [
    Case(
        "StridedSliceGrad",
        [i4([4]), i4([0]), i4([2]), i4([1]), f(3)],
        id="wrong",
        error="InvalidArgumentError",
    ),
    Case(
        "StridedSliceAssign", [f(4), i4([0]), i4([2]), i4([1]), f(1)], id="wrong", error="UnimplementedError"
    ),
]
