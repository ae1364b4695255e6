"""Slice, StridedSlice, its gradient and assignments."""

import numpy as np

from tests.cases import Case

R = np.random.RandomState(2)


def f(*shape):
    return np.asarray(R.standard_normal(shape)).astype("f4")


def i4(value):
    return np.array(value, "i4")


def strided(begin, end, strides, dtype="i4", **masks):
    return [np.array(begin, dtype), np.array(end, dtype), np.array(strides, dtype)], masks


A = f(4, 5, 3)
TEXT = np.array(["a", "b", "c", "d"])
# id -> what is sliced, and how
SPECS = {
    "plain": (A, strided([1, 0, 0], [3, 5, 2], [1, 1, 1])),
    "steps": (A, strided([0, 1], [4, 5], [2, 3])),
    "backwards": (A, strided([3, 4, 2], [0, 0, 0], [-1, -2, -1], begin_mask=1, end_mask=5)),
    "masked": (A, strided([9, 1], [9, 9], [1, 1], begin_mask=1, end_mask=3)),
    "clamped": (A, strided([-9, -9, 1], [9, 9, -9], [1, 2, -1])),
    "empty": (A, strided([3], [1], [1])),
    "index": (A, strided([1, -1], [2, 0], [1, 1], shrink_axis_mask=3)),
    "to-scalar": (A, strided([1, 2, 0], [2, 3, 1], [1, 1, 1], shrink_axis_mask=7)),
    "ellipsis": (A, strided([0, 1], [0, 2], [1, 1], ellipsis_mask=1, shrink_axis_mask=2)),
    "ellipsis-middle": (A, strided([1, 0, 0], [2, 0, 2], [1, 1, 1], ellipsis_mask=2)),
    "ellipsis-of-none": (A, strided([0, 0, 0, 1], [2, 0, 2, 2], [1, 1, 1, 1], ellipsis_mask=2)),
    "new-axis": (A, strided([0, 1, 0], [0, 3, 0], [1, 1, 1], new_axis_mask=5)),
    "new-axis-and-ellipsis": (
        A,
        strided(
            [0, 0, 0, 1], [0, 0, 0, 2], [1, 1, 1, 1], new_axis_mask=5, ellipsis_mask=2, shrink_axis_mask=8
        ),
    ),
    "int64": (A, strided([1], [3], [1], dtype="i8")),
    "nothing": (A, strided([], [], [])),
    "no-elements": (f(0, 3), strided([0, 1], [0, 3], [1, 1], begin_mask=1, end_mask=1)),
}
BAD = {
    "index-outside": (A, strided([4], [5], [1], shrink_axis_mask=1)),
    "index-far-below": (A, strided([-5], [0], [1], shrink_axis_mask=1)),
    "too-many": (A, strided([0] * 4, [1] * 4, [1] * 4)),
    "step-0": (A, strided([0], [1], [0])),
    "two-ellipses": (A, strided([0, 0], [0, 0], [1, 1], ellipsis_mask=3)),
    "index-backwards": (A, strided([1], [0], [-1], shrink_axis_mask=1)),
    "lengths": (A, [[i4([0]), i4([1, 1]), i4([1])], {}]),
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
    return np.asarray(np.asarray(part) * 2 + 1).astype("f4")


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
for _name, (_array, (_bounds, _masks)) in sorted(SPECS.items()):
    _part = selected(_array, _bounds, _masks)
    CASES += [
        Case("StridedSlice", [_array] + _bounds, _masks, id=_name),
        Case(
            "StridedSliceGrad",
            [np.array(_array.shape, _bounds[0].dtype)] + _bounds + [np.array(_part)],
            _masks,
            id=_name,
        ),
        Case("TensorStridedSliceUpdate", [_array] + _bounds + [changed(_part)], _masks, id=_name, grad=False),
        Case("StridedSliceAssign", [_array] + _bounds + [changed(_part)], _masks, id=_name, grad=False),
        Case(
            "ResourceStridedSliceAssign", [_array] + _bounds + [changed(_part)], _masks, id=_name, grad=False
        ),
    ]
for _name, (_array, (_bounds, _masks)) in sorted(BAD.items()):
    CASES.append(Case("StridedSlice", [_array] + _bounds, _masks, id=_name, error="InvalidArgumentError"))
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
