"""Gather, GatherNd, ScatterNd, TensorScatter*, Select, DynamicPartition, DynamicStitch."""

import numpy as np

from tests.cases import Case
from tests.draws import normal as f


def i4(value):
    return np.array(value, "i4")


def i8(value):
    return np.array(value, "i8")


TABLE = f(5, 3)
TEXT = np.array(["a", "b", "c"])
MASK = np.array([True, False])

CASES = [
    Case("Gather", [TABLE, i4([0, 4, 0])]),
    Case("Gather", [TABLE, i4([5])], id="outside", error="InvalidArgumentError"),
    Case("GatherV2", [TABLE, i4([0, 4, 0]), i4(0)]),
    Case("GatherV2", [TABLE, i8([[0, 1], [4, 0]]), i4(0)], id="matrix"),
    Case("GatherV2", [TABLE, i4(2), i4(0)], id="scalar"),
    Case("GatherV2", [TABLE, i4([]), i4(0)], id="none"),
    Case("GatherV2", [TABLE, i4([2, 0]), i4(1)], id="columns"),
    Case("GatherV2", [f(2, 3, 4), i4([[2, 0], [1, 1]]), i8(-2)], id="middle"),
    Case("GatherV2", [f(2, 3, 4), i4([[2, 0], [1, 1]]), i4(1)], {"batch_dims": 1}, id="batch"),
    Case("GatherV2", [f(2, 3, 3, 2), i4([[2, 0], [1, 1]]), i4(2)], {"batch_dims": 1}, id="batch-later-axis"),
    Case("GatherV2", [TEXT, i4([2, 0]), i4(0)], id="text", grad=False, compiled=False),
    Case("GatherV2", [f(0, 3), i4([]), i4(0)], id="empty"),
    Case("GatherV2", [TABLE, i4([0, 5]), i4(0)], id="outside", error="InvalidArgumentError"),
    Case("GatherV2", [TABLE, i4([[0, 1], [2, -1]]), i4(0)], id="negative", error="InvalidArgumentError"),
    Case("GatherV2", [f(0, 3), i4([0]), i4(0)], id="from-empty", error="InvalidArgumentError"),
    Case("GatherV2", [TABLE, i4([0]), i4(2)], id="axis-outside", error="InvalidArgumentError"),
    Case("GatherV2", [np.float32(1), i4([0]), i4(0)], id="of-scalar", error="InvalidArgumentError"),
    # GatherNd
    Case("GatherNd", [TABLE, i4([[0, 1], [4, 2]])]),
    Case("GatherNd", [TABLE, i4([[0], [4], [0]])], id="rows"),
    Case("GatherNd", [f(2, 3, 4), i8([[[0, 1]], [[1, 2]]])], id="slices"),
    Case("GatherNd", [TABLE, i4([1, 2])], id="one"),
    Case("GatherNd", [TABLE, np.zeros((2, 0), "i4")], id="everything", grad=False),
    Case("GatherNd", [TABLE, i4([[0, 3]])], id="outside", error="InvalidArgumentError"),
    Case("GatherNd", [TABLE, i4([[0, 1, 2]])], id="too-deep", error="InvalidArgumentError"),
    Case("GatherNd", [f(0, 3), i4([[0]])], id="from-empty", error="InvalidArgumentError"),
    # ScatterNd
    Case("ScatterNd", [i4([[0], [2], [0]]), f(3, 2), i4([4, 2])], id="duplicates"),
    Case("ScatterNd", [i8([[0, 1], [3, 0]]), f(2), i8([4, 2])], id="elements"),
    Case("ScatterNd", [i4([[[0], [1]]]), f(1, 2, 3), i4([2, 3])], id="batch"),
    Case("ScatterNd", [np.zeros((0, 1), "i4"), f(0, 2), i4([3, 2])], id="nothing"),
    Case("ScatterNd", [i4([[1], [1]]), i4([3, 4]), i4([3])], id="int", grad=False),
    Case("ScatterNd", [i4([[3]]), f(1), i4([3])], id="outside", error="InvalidArgumentError"),
    Case(
        "ScatterNd",
        [i4([[0, 1], [1, 7]]), f(2), i4([3, 3])],
        id="second-outside",
        error="InvalidArgumentError",
    ),
    Case("ScatterNd", [i4([[0], [1]]), f(3), i4([3])], id="outer-mismatch", error="InvalidArgumentError"),
    Case("ScatterNd", [i4([[0]]), f(1, 0), i4([3, 0])], id="into-empty", error="InvalidArgumentError"),
    Case("TensorScatterUpdate", [TABLE, i4([[0, 1], [4, 2]]), f(2)]),
    Case("TensorScatterUpdate", [TABLE, i4([[1], [3]]), f(2, 3)], id="rows"),
    Case("TensorScatterUpdate", [TABLE, i4([[1, 3]]), f(1)], id="outside", error="InvalidArgumentError"),
    Case("TensorScatterUpdate", [TABLE, i4([[1]]), f(1, 2)], id="wrong", error="InvalidArgumentError"),
    Case("TensorScatterAdd", [TABLE, i8([[1], [3], [1]]), f(3, 3)]),
    Case("TensorScatterSub", [TABLE, i4([[1], [3], [1]]), f(3, 3)]),
    Case("ScatterNdNonAliasingAdd", [TABLE, i4([[1], [3], [1]]), f(3, 3)]),
    # Select
    Case("Select", [np.array([[True, False, True], [False, False, True]]), f(2, 3), f(2, 3)]),
    Case("Select", [MASK, f(2, 3), f(2, 3)], id="rows"),
    Case("Select", [np.array(False), f(2, 3), f(2, 3)], id="scalar"),
    Case("Select", [MASK, np.array(["a", "b"]), np.array(["c", "d"])], id="text", grad=False, compiled=False),
    Case("Select", [MASK, f(2, 3), f(2, 4)], id="wrong", error="InvalidArgumentError"),
    Case("Select", [np.array([True] * 3), f(2, 3), f(2, 3)], id="wrong-rows", error="InvalidArgumentError"),
    Case(
        "Select", [np.array([[True] * 3]), f(2, 3), f(2, 3)], id="no-broadcast", error="InvalidArgumentError"
    ),
    Case("SelectV2", [np.array([[True], [False]]), f(3), f(2, 1)]),
    Case("SelectV2", [np.array(True), f(2), f()], id="scalar"),
    Case("SelectV2", [np.array(True), f(2), f(3)], id="wrong", error="InvalidArgumentError"),
    # DynamicPartition, DynamicStitch
    Case("DynamicPartition", [f(4, 2), i4([1, 0, 1, 2])], {"num_partitions": 4}),
    Case("DynamicPartition", [f(2, 2), i4([[1, 0], [0, 1]])], {"num_partitions": 2}, id="elements"),
    Case("DynamicPartition", [TEXT, i4([1, 0, 1])], {"num_partitions": 2}, id="text", grad=False),
    Case(
        "DynamicPartition",
        [f(3), i4([0, 2, 1])],
        {"num_partitions": 2},
        id="outside",
        error="InvalidArgumentError",
    ),
    Case(
        "DynamicPartition",
        [f(3), i4([0, 1])],
        {"num_partitions": 2},
        id="wrong",
        error="InvalidArgumentError",
    ),
    Case("DynamicStitch", [[i4([0, 2]), i4([[1, 3], [5, 4]])], [f(2, 2), f(2, 2, 2)]]),
    Case(
        "DynamicStitch",
        [[i4([0, 2]), i4([[1, 3], [2, 4]])], [f(2, 2), f(2, 2, 2)]],
        id="duplicate",
        grad=False,
    ),
    Case("DynamicStitch", [[i4(1), i4([0])], [f(2), f(1, 2)]], id="scalar-index"),
    Case("DynamicStitch", [[i4([])], [f(0, 2)]], id="nothing", grad=False),
    Case("DynamicStitch", [[i4([0, 1])], [f(3)]], id="wrong", error="InvalidArgumentError"),
    Case("DynamicStitch", [[i4([0, -1])], [f(2)]], id="negative", error="InvalidArgumentError"),
    Case(
        "DynamicStitch",
        [[i4([0]), i4([0])], [f(1, 2), f(1, 3)]],
        id="rest-differs",
        error="InvalidArgumentError",
    ),
    Case("ParallelDynamicStitch", [[i4([0, 2]), i4([1])], [f(2, 2), f(1, 2)]]),
]
