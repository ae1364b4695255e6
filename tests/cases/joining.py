"""Concat, Split, Pack, Unpack and their like."""

import numpy as np

from tests.cases import Case
from tests.draws import normal as f


def i4(value):
    return np.array(value, "i4")


TEXT = np.array([["a", "bc"], ["d", ""]])

CASES = [
    Case("ConcatV2", [[f(2, 3), f(1, 3)], i4(0)], id="rows"),
    Case("ConcatV2", [[f(2, 3), f(2, 0), f(2, 1)], i4(-1)], id="columns"),
    Case("ConcatV2", [[f(2, 3, 2), f(2, 3, 1)], np.int64(2)], id="int64"),
    Case("ConcatV2", [[f(0, 3), f(0, 3)], i4(0)], id="empty"),
    Case("ConcatV2", [[f(2, 1)] * 17, i4(1)], id="many"),
    Case("ConcatV2", [[i4([1]), i4([2, 3])], i4(0)], id="int", grad=False),
    Case("ConcatV2", [[TEXT, TEXT], i4(1)], id="text", grad=False, compiled=False),
    Case("ConcatV2", [[f(2, 3), f(3, 3)], i4(1)], id="wrong-size", error="InvalidArgumentError"),
    Case("ConcatV2", [[f(2, 3), f(3)], i4(0)], id="wrong-rank", error="InvalidArgumentError"),
    Case("ConcatV2", [[f(2, 3), f(2, 3)], i4(2)], id="outside", error="InvalidArgumentError"),
    Case("Concat", [i4(0), [f(2, 3), f(1, 3)]]),
    Case("ConcatOffset", [i4(1), [i4([2, 3]), i4([2, 5]), i4([2, 1])]], grad=False),
    Case("ConcatOffset", [i4(1), [i4([2, 3]), i4([4, 5])]], id="wrong", error="InvalidArgumentError"),
    Case("Split", [i4(1), f(2, 6)], {"num_split": 3}),
    Case("Split", [i4(-2), f(2, 6)], {"num_split": 1}, id="one"),
    Case("Split", [i4(1), f(2, 6)], {"num_split": 4}, id="uneven", error="InvalidArgumentError"),
    Case("Split", [i4(2), f(2, 6)], {"num_split": 2}, id="outside", error="InvalidArgumentError"),
    Case("SplitV", [f(2, 6), np.array([1, 2, 3], "i8"), i4(1)], {"num_split": 3}),
    Case("SplitV", [f(2, 6), i4([4, -1]), i4(-1)], {"num_split": 2}, id="rest"),
    Case("SplitV", [f(2, 6), i4([0, 2]), i4(0)], {"num_split": 2}, id="none"),
    Case(
        "SplitV", [f(2, 6), i4([4, 4]), i4(1)], {"num_split": 2}, id="too-much", error="InvalidArgumentError"
    ),
    Case(
        "SplitV",
        [f(2, 6), i4([-1, -1]), i4(1)],
        {"num_split": 2},
        id="two-rests",
        error="InvalidArgumentError",
    ),
    Case("Pack", [[f(2, 3), f(2, 3)]], {"axis": 1}),
    Case("Pack", [[f(2), f(2)]], {"axis": -1}, id="last"),
    Case("Pack", [[f(), f()]], id="scalars"),
    Case("Pack", [[f(0), f(0)]], id="empty"),
    Case("Pack", [[TEXT, TEXT]], id="text", grad=False, compiled=False),
    Case("Pack", [[f(2), f(3)]], id="wrong", error="InvalidArgumentError"),
    Case("Pack", [[f(2), f(2)]], {"axis": 2}, id="outside", error="InvalidArgumentError"),
    Case("Unpack", [f(2, 3)], {"num": 3, "axis": 1}),
    Case("Unpack", [f(3)], {"num": 3}, id="scalars"),
    Case("Unpack", [f(2, 0)], {"num": 0, "axis": 1}, id="none", grad=False),
    Case("Unpack", [f(2, 3)], {"num": 2, "axis": 1}, id="wrong", error="InvalidArgumentError"),
    Case("Unpack", [f(2, 3)], {"num": 2, "axis": 2}, id="outside", error="InvalidArgumentError"),
    Case("ParallelConcat", [[f(1, 3), f(1, 3)]], {"shape": [2, 3]}, grad=False),
]
