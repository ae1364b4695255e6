"""Products of matrices, and sums of many tensors."""

import numpy as np

from tests.cases import Case
from tests.draws import normal as draw


def normal(*shape):
    return draw(*shape, dtype="f8")


CASES = []
for _ta in (False, True):
    for _tb in (False, True):
        _a, _b = normal(*((3, 2) if _ta else (2, 3))), normal(*((4, 3) if _tb else (3, 4)))
        _attrs = {"transpose_a": _ta, "transpose_b": _tb}
        _id = "%d%d" % (_ta, _tb)
        CASES += [
            Case("MatMul", [_a.astype("f4"), _b.astype("f4")], _attrs, id=_id, rtol=1e-5, atol=1e-6),
            Case("MatMul", [_a, _b], _attrs, id=_id + "_float64"),
            Case(
                "SparseMatMul",
                [_a.astype("f4"), _b.astype("f4")],
                dict(_attrs, a_is_sparse=True),
                id=_id,
                rtol=1e-5,
                atol=1e-6,
            ),
        ]
        _x = normal(*((2, 3, 2) if _ta else (2, 2, 3)))
        _y = normal(*((2, 4, 3) if _tb else (2, 3, 4)))
        _attrs = {"adj_x": _ta, "adj_y": _tb}
        for _op in ("BatchMatMul", "BatchMatMulV2"):
            CASES += [
                Case(_op, [_x.astype("f4"), _y.astype("f4")], _attrs, id=_id, rtol=1e-5, atol=1e-6),
                Case(
                    _op,
                    [(_x + 1j * _x[::-1]).astype("c16"), (_y - 2j).astype("c16")],
                    _attrs,
                    id=_id + "_complex128",
                    grad=_op == "BatchMatMul",
                ),
            ]
CASES += [
    Case(
        "MatMul", [np.arange(6, dtype="i4").reshape(2, 3), np.arange(6, dtype="i4").reshape(3, 2)], id="int32"
    ),
    Case(
        "MatMul",
        [normal(2, 3).astype("f2"), normal(3, 2).astype("f2")],
        id="float16",
        rtol=1e-2,
        atol=1e-2,
        grad=False,
    ),
    Case("MatMul", [normal(2, 3) + 1j, normal(3, 2) - 1j], id="complex128"),
    Case("MatMul", [np.zeros((2, 0), "f4"), np.zeros((0, 3), "f4")], id="empty"),
    Case("MatMul", [np.zeros((0, 2), "f4"), np.zeros((2, 3), "f4")], id="no_rows", grad=False),
    Case("MatMul", [normal(2, 3), normal(2, 4)], id="inner", error="ValueError"),
    Case("MatMul", [normal(2, 3, 1), normal(2, 4)], id="rank", error="ValueError"),
    Case("BatchMatMulV2", [normal(2, 1, 2, 3), normal(4, 3, 2)], id="broadcast"),
    Case("BatchMatMulV2", [normal(2, 3), normal(4, 3, 2)], id="matrix"),
    Case("BatchMatMulV2", [normal(2, 3), normal(3, 2)], id="rank2"),
    Case("BatchMatMulV2", [np.ones((2, 0, 3), "f4"), np.ones((2, 3, 4), "f4")], id="empty", grad=False),
    Case("BatchMatMulV2", [normal(2, 2, 3), normal(3, 3, 4)], id="batch", error="ValueError"),
    Case("BatchMatMulV2", [normal(2, 2, 3), normal(2, 2, 4)], id="inner", error="ValueError"),
    Case("BatchMatMulV2", [normal(3), normal(2, 2, 4)], id="rank1", error="ValueError"),
    Case("AddN", [[normal(2, 3).astype("f4") for _ in range(3)]], rtol=1e-6, atol=1e-6),
    Case("AddN", [[normal(2)]], id="one"),
    Case("AddN", [[np.array([1, 2], "i4")] * 2], id="int32"),
    Case("AddN", [[np.float32(1), np.float32(2)]], id="scalars"),
    Case("AddN", [[normal(2), normal(3)]], id="shapes", error="ValueError"),
    Case(
        "AccumulateNV2",
        [[normal(2, 3).astype("f4") for _ in range(3)]],
        {"shape": [2, 3]},
        rtol=1e-6,
        atol=1e-6,
        grad=False,
    ),
    Case("Cross", [normal(2, 3).astype("f4"), normal(2, 3).astype("f4")], rtol=1e-5, atol=1e-6),
    Case("Cross", [np.array([1, 0, 2], "i4"), np.array([0, 5, 1], "i4")], id="int32"),
    Case("Cross", [normal(3, 2), normal(3, 2)], id="size", error="ValueError"),
    Case("Cross", [normal(3, 3), normal(2, 3)], id="shapes", error="ValueError"),
]
