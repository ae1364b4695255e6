"""Variables read, assigned and asked about, by reference and by handle; checks and copies."""

import numpy as np

from tests.cases import Case, Variable

VECTOR = np.array([1.5, -2.0, 0.25], "f4")
MATRIX = np.arange(6, dtype="f4").reshape(2, 3)
DTYPES = ["f2", "f4", "f8", "i4", "i8", "c8"]

CASES = [
    Case("Assign", [VECTOR, VECTOR * 2], id="vector"),
    Case("Assign", [np.float32(1), np.float32(2)], id="scalar"),
    Case("Assign", [Variable(dtype="f4", shape=[3]), VECTOR], id="first"),
    Case("Assign", [VECTOR, MATRIX], {"validate_shape": False}, id="other-shape"),
    Case("Assign", [np.zeros([0, 2], "i4"), np.zeros([0, 2], "i4")], id="empty"),
    Case("AssignVariableOp", [MATRIX, MATRIX + 1], id="matrix"),
    Case("AssignVariableOp", [Variable(dtype="i8", shape=[2]), np.array([1, 2], "i8")], id="first"),
    Case("ReadVariableOp", [MATRIX], {"dtype": "float32"}, id="matrix", grad=False),
    Case("ReadVariableOp", [np.float64(2.5)], {"dtype": "float64"}, id="scalar", grad=False),
    Case("VariableShape", [MATRIX], id="matrix"),
    Case("VariableShape", [np.float32(1)], {"out_type": "int64"}, id="scalar"),
    Case("IsVariableInitialized", [VECTOR], id="yes", compiled=False),
    Case("IsVariableInitialized", [Variable(dtype="f4", shape=[3])], id="no", compiled=False),
    Case("VarIsInitializedOp", [VECTOR], id="yes", compiled=False),
    Case("VarIsInitializedOp", [Variable(dtype="f4", shape=[3])], id="no", compiled=False),
    Case("CountUpTo", [np.int32(1)], {"limit": 3}, id="twice", runs=2),
    Case("CountUpTo", [np.int64(3)], {"limit": 3}, id="reached", error="OutOfRangeError"),
    Case("RefIdentity", [VECTOR], id="vector", grad=False, compiled=False),
    Case("DebugGradientRefIdentity", [VECTOR], id="vector", grad=False, compiled=False),
    Case("Assert", [np.bool_(True), [VECTOR]], id="holds"),
    Case("Assert", [np.bool_(False), [VECTOR, np.array(b"why")]], id="fails", error="InvalidArgumentError"),
    Case("Print", [VECTOR, [MATRIX]], {"message": "case "}, id="passes-on"),
    Case("DeepCopy", [MATRIX], id="matrix", grad=False),
    Case("GuaranteeConst", [MATRIX], id="matrix", grad=False),
    Case("NoOp", id="nothing"),
    Case("ControlTrigger", id="nothing"),
]
CASES += [
    Case(op, [np.array([1, 2, 3], dtype), np.array([4, 5, -6], dtype)], id=dtype)
    for op in ("AssignAdd", "AssignSub", "AssignAddVariableOp", "AssignSubVariableOp")
    for dtype in DTYPES
]
CASES += [
    Case(op, [VECTOR, MATRIX], id="other-shape", error="ValueError") for op in ("AssignAdd", "AssignSub")
]
