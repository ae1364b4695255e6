"""Constants, identities, shapes, reshaping, filling, padding, rearranging, space to batch, searching."""

import numpy as np

from tests.cases import Case
from tests.draws import normal as f


def i4(value):
    return np.array(value, "i4")


def i8(value):
    return np.array(value, "i8")


A23, A234, IMAGE = f(2, 3), f(2, 3, 4), f(2, 4, 6, 3)
NAN = np.array([1.0, np.nan, np.inf, -np.inf, -0.0], "f4")
TEXT = np.array([["a", "bc", ""], ["d", "ef", "g"]])

CASES = [
    Case("Const", [], {"value": A23, "dtype": "float32"}, id="matrix"),
    Case("Const", [], {"value": i8(7), "dtype": "int64"}, id="scalar"),
    Case("Const", [], {"value": np.zeros((0, 3), "f2"), "dtype": "float16"}, id="empty"),
    Case(
        "Placeholder", [], {"dtype": "float32", "shape": [None, 3]}, id="unfed", error="InvalidArgumentError"
    ),
    Case("Placeholder", [], {"dtype": "int32"}, id="unfed-unknown", error="InvalidArgumentError"),
    Case(
        "PlaceholderV2",
        [],
        {"dtype": "float32", "shape": [None, 3]},
        id="unfed",
        error="InvalidArgumentError",
    ),
    Case("PlaceholderWithDefault", [A23], {"shape": [None, 3]}, id="unfed"),
    Case("Identity", [A23]),
    Case("Identity", [TEXT], id="text", grad=False, compiled=False),
    Case("Identity", [np.float16(2)], id="half-scalar"),
    Case("IdentityN", [[A23, i4([1, 2])]], grad=False),
    Case("Snapshot", [A23], grad=False),
    Case("StopGradient", [A23], grad=False),
    Case("PreventGradient", [A23], grad=False),
    Case("DebugGradientIdentity", [A23], grad=False),
    Case("Shape", [A234], grad=False),
    Case("Shape", [A234], {"out_type": "int64"}, id="int64", grad=False),
    Case("Shape", [np.float32(1)], id="scalar", grad=False),
    Case("Shape", [TEXT], id="text", grad=False, compiled=False),
    Case("ShapeN", [[A234, A23]], grad=False),
    Case("Size", [A234], grad=False),
    Case("Size", [f(0, 3)], {"out_type": "int64"}, id="empty", grad=False),
    Case("Rank", [A234], grad=False),
    Case("Rank", [np.float32(1)], id="scalar", grad=False),
    # Reshape
    Case("Reshape", [A23, i4([3, 2])]),
    Case("Reshape", [A234, i4([-1, 4])], id="inferred"),
    Case("Reshape", [A234, i8([2, -1])], id="int64"),
    Case("Reshape", [f(1), i4(np.zeros(0))], id="scalar"),
    Case("Reshape", [f(0, 3), i4([0, -1])], id="empty-inferred"),
    Case("Reshape", [A23, i4([0, -1])], id="to-empty", error="InvalidArgumentError"),
    Case("Reshape", [f(0, 3), i4([3, -1])], id="empty"),
    Case("Reshape", [TEXT, i4([3, 2])], id="text", grad=False, compiled=False),
    Case("Reshape", [A23, i4([4, 2])], id="wrong-size", error="InvalidArgumentError"),
    Case("Reshape", [A23, i4([4, -1])], id="no-multiple", error="InvalidArgumentError"),
    Case("Reshape", [A23, i4([-1, -1])], id="two-inferred", error="InvalidArgumentError"),
    Case("Reshape", [A23, i4([-2, 3])], id="negative", error="InvalidArgumentError"),
    Case("Reshape", [A23, i4([[3, 2]])], id="matrix-of-sizes", error="InvalidArgumentError"),
    # ExpandDims, Squeeze
    Case("ExpandDims", [A23, i4(0)]),
    Case("ExpandDims", [A23, i4(-1)], id="last"),
    Case("ExpandDims", [A23, i8(1)], id="int64"),
    Case("ExpandDims", [A23, i4([2])], id="vector"),
    Case("ExpandDims", [A23, i4(3)], id="outside", error="InvalidArgumentError"),
    Case("Squeeze", [f(1, 2, 1)]),
    Case("Squeeze", [f(1, 2, 1)], {"squeeze_dims": [0]}, id="first"),
    Case("Squeeze", [f(1, 2, 1)], {"squeeze_dims": [-1]}, id="last"),
    Case("Squeeze", [f(1, 1)], id="to-scalar"),
    Case("Squeeze", [f(1, 2, 1)], {"squeeze_dims": [1]}, id="not-one", error="InvalidArgumentError"),
    Case("Squeeze", [f(1, 2, 1)], {"squeeze_dims": [3]}, id="outside", error="InvalidArgumentError"),
    # checks
    Case("EnsureShape", [A23], {"shape": [None, 3]}),
    Case("EnsureShape", [A23], {"shape": [2, 4]}, id="wrong", error="InvalidArgumentError"),
    Case("EnsureShape", [A23], {"shape": [2]}, id="wrong-rank", error="InvalidArgumentError"),
    Case("CheckNumerics", [A23], {"message": "m"}, grad=False),
    Case("CheckNumerics", [NAN], {"message": "m"}, id="both", error="InvalidArgumentError"),
    Case("CheckNumerics", [NAN[:2]], {"message": "m"}, id="nan", error="InvalidArgumentError"),
    Case("CheckNumerics", [NAN[2:]], {"message": "m"}, id="inf", error="InvalidArgumentError"),
    # Bitcast
    Case("Bitcast", [A23], {"type": "int32"}, id="same", grad=False),
    Case("Bitcast", [A23], {"type": "uint8"}, id="narrower", grad=False),
    Case("Bitcast", [i4([[1, 2], [3, 4]])], {"type": "int64"}, id="wider", grad=False),
    Case("Bitcast", [i4([1, 2, 3])], {"type": "int64"}, id="wrong", error="InvalidArgumentError"),
    # Fill, ZerosLike, OnesLike
    Case("Fill", [i4([2, 3]), np.float32(7)]),
    Case("Fill", [i4(np.zeros(0)), i4(3)], id="scalar", grad=False),
    Case("Fill", [i8([2, 0]), np.float64(1)], id="empty"),
    Case("Fill", [i4([2]), np.array("ab")], id="text", grad=False, compiled=False),
    Case("Fill", [i4([2, -1]), np.float32(7)], id="negative", error="InvalidArgumentError"),
    Case("Fill", [i4([[2]]), np.float32(7)], id="matrix", error="InvalidArgumentError"),
    Case("Fill", [i4([2]), A23], id="no-scalar", error="InvalidArgumentError"),
    Case("ZerosLike", [A23], grad=False),
    Case("ZerosLike", [np.array([True])], id="bool", grad=False),
    Case("ZerosLike", [TEXT], id="text", grad=False, compiled=False),
    Case("OnesLike", [A23], grad=False),
    Case("OnesLike", [i8([1, 2])], id="int64", grad=False),
    # Tile, BroadcastTo
    Case("Tile", [A23, i4([2, 3])]),
    Case("Tile", [A23, i8([1, 0])], id="none"),
    Case("Tile", [np.float32(2), i4(np.zeros(0))], id="scalar", grad=False),
    Case("Tile", [TEXT, i4([1, 2])], id="text", grad=False, compiled=False),
    Case("Tile", [A23, i4([2])], id="wrong-length", error="InvalidArgumentError"),
    Case("Tile", [A23, i4([2, -1])], id="negative", error="InvalidArgumentError"),
    Case("BroadcastTo", [f(3, 1), i4([2, 3, 4])]),
    Case("BroadcastTo", [f(), i8([2])], id="scalar"),
    Case("BroadcastTo", [f(1, 3), i4([0, 3])], id="empty", grad=False),
    Case("BroadcastTo", [f(2), i4([3])], id="wrong", error="InvalidArgumentError"),
    Case("BroadcastTo", [A23, i4([3])], id="lower-rank", error="InvalidArgumentError"),
    Case("BroadcastArgs", [i4([3, 1]), i4([2])], grad=False),
    Case("BroadcastArgs", [i8([]), i8([2, 5])], id="scalar", grad=False),
    Case("BroadcastArgs", [i4([3]), i4([2])], id="wrong", error="InvalidArgumentError"),
    # Pad, MirrorPad
    Case("Pad", [A23, i4([[1, 0], [2, 3]])]),
    Case("Pad", [A23, i8([[0, 0], [0, 0]])], id="nothing"),
    Case("Pad", [i4([1, 2]), i4([[1, 1]])], id="int", grad=False),
    Case("Pad", [f(0, 2), i4([[1, 0], [0, 1]])], id="empty"),
    Case("Pad", [A23, i4([[1, 0]])], id="wrong-rank", error="InvalidArgumentError"),
    Case("Pad", [A23, i4([[1, 0], [-1, 0]])], id="negative", error="InvalidArgumentError"),
    # No gradient for the constant, so no comparison with finite differences: halves have none.
    Case("PadV2", [A23.astype("f2"), i4([[1, 0], [0, 2]]), np.float16(5)]),
    Case("Pad", [np.array(["a"]), i4([[1, 0]])], id="text", grad=False, compiled=False),
    Case("PadV2", [np.array([True, False]), i4([[1, 1]]), np.array(True)], id="bool", grad=False),
    Case("MirrorPad", [A23, i4([[1, 1], [2, 1]])], {"mode": "REFLECT"}, id="reflect"),
    Case("MirrorPad", [A23, i4([[2, 1], [3, 0]])], {"mode": "SYMMETRIC"}, id="symmetric"),
    Case("MirrorPad", [i8([1, 2, 3]), i8([[1, 2]])], {"mode": "SYMMETRIC"}, id="int", grad=False),
    Case(
        "MirrorPad",
        [A23, i4([[2, 0], [0, 0]])],
        {"mode": "REFLECT"},
        id="reflect-too-far",
        error="InvalidArgumentError",
    ),
    Case(
        "MirrorPad",
        [A23, i4([[0, 3], [0, 0]])],
        {"mode": "SYMMETRIC"},
        id="symmetric-too-far",
        error="InvalidArgumentError",
    ),
    Case("MirrorPadGrad", [f(4, 6), i4([[1, 1], [2, 1]])], {"mode": "REFLECT"}, id="reflect"),
    Case("MirrorPadGrad", [f(5, 6), i4([[2, 1], [3, 0]])], {"mode": "SYMMETRIC"}, id="symmetric"),
    # Transpose
    Case("Transpose", [A234, i4([2, 0, 1])]),
    Case("Transpose", [A234, i8([0, 1, 2])], id="same"),
    Case("Transpose", [np.float32(2), i4(np.zeros(0))], id="scalar"),
    Case("Transpose", [TEXT, i4([1, 0])], id="text", grad=False, compiled=False),
    Case("Transpose", [A23, i4([0, 0])], id="duplicate", error="InvalidArgumentError"),
    Case("Transpose", [A23, i4([0])], id="short", error="InvalidArgumentError"),
    Case("Transpose", [A23, i4([0, 2])], id="outside", error="InvalidArgumentError"),
    Case("ConjugateTranspose", [(A23 + 1j * f(2, 3)).astype("c8"), i4([1, 0])], grad=False),
    Case("InvertPermutation", [i4([2, 0, 1])], grad=False),
    Case("InvertPermutation", [i8([])], id="empty", grad=False),
    Case("InvertPermutation", [i4([0, 0])], id="duplicate", error="InvalidArgumentError"),
    Case("InvertPermutation", [i4([0, 2])], id="outside", error="InvalidArgumentError"),
    # Reverse, Roll
    Case("Reverse", [A23, np.array([True, False])]),
    Case("ReverseV2", [A234, i4([0, -1])]),
    Case("ReverseV2", [A23, i8([])], id="none"),
    Case("ReverseV2", [TEXT, i4([1])], id="text", grad=False, compiled=False),
    Case("ReverseV2", [A23, i4([2])], id="outside", error="InvalidArgumentError"),
    Case("ReverseV2", [A23, i4([0, -2])], id="twice", error="InvalidArgumentError"),
    Case("ReverseSequence", [f(3, 4), i4([1, 3, 0])], {"seq_dim": 1, "batch_dim": 0}),
    Case("ReverseSequence", [f(4, 2, 3), i8([4, 2])], {"seq_dim": 0, "batch_dim": 1}, id="time-major"),
    Case(
        "ReverseSequence", [f(2, 3), i8([1, 4])], {"seq_dim": 1}, id="too-long", error="InvalidArgumentError"
    ),
    Case(
        "ReverseSequence", [f(2, 3), i8([1, -1])], {"seq_dim": 1}, id="negative", error="InvalidArgumentError"
    ),
    Case(
        "ReverseSequence",
        [f(2, 3), i8([1, 1, 1])],
        {"seq_dim": 1},
        id="wrong-batch",
        error="InvalidArgumentError",
    ),
    Case("Roll", [A23, i4(1), i4(1)]),
    Case("Roll", [A234, i4([1, -2, 5]), i4([0, 2, -1])], id="several"),
    Case("Roll", [A23, i8([1]), i4([2])], id="outside", error="InvalidArgumentError"),
    Case("Roll", [A23, i4([1]), i4([0, 1])], id="wrong-length", error="InvalidArgumentError"),
    # space, batch and depth
    Case("SpaceToBatchND", [IMAGE, i4([2, 3]), i4([[0, 0], [0, 0]])]),
    Case("SpaceToBatchND", [f(1, 3, 5), i4([2]), i8([[1, 0]])], id="padded"),
    Case("SpaceToBatchND", [IMAGE, i4([3, 3]), i4([[0, 0], [0, 0]])], id="no-multiple", error="ValueError"),
    Case("BatchToSpaceND", [f(6, 2, 2, 3), i4([2, 3]), i4([[0, 1], [1, 0]])]),
    Case("BatchToSpaceND", [f(5, 2, 2), i4([2]), i4([[0, 0]])], id="no-multiple", error="ValueError"),
    Case("SpaceToBatch", [f(1, 4, 2, 3), i4([[0, 0], [1, 1]])], {"block_size": 2}),
    Case("BatchToSpace", [f(4, 2, 2, 1), i4([[0, 0], [1, 0]])], {"block_size": 2}),
    Case("SpaceToDepth", [IMAGE], {"block_size": 2}),
    Case("SpaceToDepth", [IMAGE], {"block_size": 3}, id="no-multiple", error="InvalidArgumentError"),
    Case("DepthToSpace", [f(2, 2, 3, 8)], {"block_size": 2}),
    Case("DepthToSpace", [IMAGE], {"block_size": 2}, id="no-multiple", error="InvalidArgumentError"),
    Case(
        "ExtractImagePatches",
        [IMAGE],
        {"ksizes": [1, 2, 3, 1], "strides": [1, 1, 2, 1], "rates": [1, 1, 1, 1], "padding": "VALID"},
        grad=False,
    ),
    Case(
        "ExtractImagePatches",
        [IMAGE],
        {"ksizes": [1, 3, 3, 1], "strides": [1, 2, 2, 1], "rates": [1, 2, 1, 1], "padding": "SAME"},
        id="same",
        grad=False,
    ),
    # OneHot
    Case("OneHot", [i4([0, 2, -1, 5]), i4(3), np.float32(1), np.float32(0)], grad=False),
    Case("OneHot", [i8([[0, 2], [1, 1]]), i4(3), i4(5), i4(-1)], {"axis": 0}, id="first", grad=False),
    Case(
        "OneHot",
        [np.array([0, 200], "u1"), i4(2), np.array(True), np.array(False)],
        {"axis": 1},
        id="uint8",
        grad=False,
    ),
    Case("OneHot", [i4(1), i4(0), np.float32(1), np.float32(0)], id="depth-0", grad=False),
    Case(
        "OneHot",
        [i4([0]), i4(-2), np.float32(1), np.float32(0)],
        id="negative-depth",
        error="InvalidArgumentError",
    ),
    # Where, Unique, ListDiff, LowerBound
    Case("Where", [np.array([[True, False], [False, True]])], grad=False),
    Case("Where", [NAN], id="float", grad=False),
    Case("Where", [np.array(True)], id="scalar", error="InvalidArgumentError"),
    Case("Where", [np.zeros((0, 2), bool)], id="empty", grad=False),
    Case("Unique", [i4([3, 1, 3, 2, 1])], grad=False),
    Case("Unique", [np.array(["b", "a", "b"])], {"out_idx": "int64"}, id="text", grad=False),
    Case("Unique", [np.array([1, np.nan, 1, np.nan], "f4")], id="nan", grad=False),
    Case("Unique", [f(0)], id="empty", grad=False),
    Case("Unique", [A23], id="matrix", error="InvalidArgumentError"),
    Case("UniqueWithCounts", [i8([3, 1, 3, 2, 1])], grad=False),
    Case("UniqueWithCounts", [np.array(["b", "a", "b"])], id="text", grad=False),
    Case("UniqueV2", [i4([[1, 2], [1, 2], [0, 1]]), i8([0])], grad=False),
    Case("UniqueV2", [i4([[1, 1, 2], [3, 3, 4]]), i4([1])], id="columns", grad=False),
    Case("UniqueV2", [i4([3, 1, 3]), i8([])], id="no-axis", grad=False),
    Case("UniqueWithCountsV2", [i4([[1, 2], [1, 2], [0, 1]]), i8([0])], grad=False),
    Case("ListDiff", [i4([1, 2, 3, 1, 4]), i4([2, 4])], grad=False),
    Case(
        "ListDiff", [np.array(["a", "b", "a"]), np.array(["b"])], {"out_idx": "int64"}, id="text", grad=False
    ),
    Case("LowerBound", [i4([[1, 2, 2, 5], [0, 1, 1, 1]]), i4([[2, 6], [1, -1]])], grad=False),
    Case(
        "UpperBound",
        [np.array([[1, 2, 2, 5]], "f4"), np.array([[2, 0.5, 9]], "f4")],
        {"out_type": "int64"},
        grad=False,
    ),
]
