"""Kernels of the mathematical ops give exactly the type their signature says, for every type it allows.

NumPy widens small integers when it sums, halves with Python floats, and so on; TensorFlow does not.
"""

import numpy as np
import pytest

from perdure.arrays import numpy_arrays
from perdure.graph import dtypes, errors
from perdure.graph.signatures import find
from perdure.ops.math import unary
from perdure.ops.registry import OpDefinition, lookup

ELEMENTWISE = [
    *[definition.type for definition in vars(unary).values() if isinstance(definition, OpDefinition)],
    *"""
    SigmoidGrad TanhGrad SqrtGrad RsqrtGrad ReciprocalGrad InvGrad Add AddV2 Sub Mul MulNoNan Div RealDiv
    DivNoNan TruncateDiv FloorDiv Mod FloorMod TruncateMod Pow Maximum Minimum SquaredDifference Atan2 Xdivy
    Xlogy Equal Less BitwiseAnd LeftShift RightShift Igamma Zeta Polygamma NextAfter ClipByValue""".split(),
]
OTHERS = """
    Sum Mean Prod Max Min EuclideanNorm Cumsum Cumprod CumulativeLogsumexp ArgMax UnsortedSegmentSum
    UnsortedSegmentMax SegmentMean SegmentMax MatMul BatchMatMulV2 Cross AddN""".split()
ATTRS = {"output_type": dtypes.int64, "incompatible_shape_error": True, "Tout": dtypes.float32}
INPUTS = {
    "reduction_indices": np.array([0], np.int32),
    "axis": np.array(0, np.int32),
    "dimension": np.array(0, np.int32),
    "segment_ids": np.zeros(3, np.int32),
    "num_segments": np.array(2),
}


def types_of(op_type):
    attr = find(op_type).attr("T")
    allowed = attr.allowed if attr is not None and attr.allowed else [dtypes.bool]
    return [t for t in allowed if t.is_numpy_compatible and not t.is_quantized and t is not dtypes.string]


def result_of(op_type, dtype, shape):
    rule = lookup(op_type).kernel_rule
    value = np.full(shape, 2).astype(dtype.as_numpy_dtype)[...]
    inputs = [INPUTS.get(name, [value] * 2 if name == "inputs" else value) for name in rule.arguments]
    attrs = {name: dtype if name == "T" else ATTRS.get(name, False) for name in rule.attrs}
    with np.errstate(all="ignore"):
        return rule.function(numpy_arrays(), *inputs, **attrs)


@pytest.mark.parametrize("op_type", ELEMENTWISE + OTHERS)
def test_result_type(op_type):
    """The output's type, for arrays and, of elementwise ops, for scalars."""
    output = find(op_type).outputs[0]
    for dtype in types_of(op_type):
        expected = output.type or (dtype if output.type_attr == "T" else ATTRS[output.type_attr])
        for shape in [(3, 3), ()] if op_type in ELEMENTWISE else [(3, 3)]:
            try:
                result = result_of(op_type, dtype, shape)
            except errors.InvalidArgumentError as error:
                assert "No kernel" in error.message
                continue
            assert np.asarray(result).dtype == expected.as_numpy_dtype, f"{dtype.name}, shape {shape}"
