"""Accumulators of gradients: making them, adding gradients, taking their mean.

Names of inputs, outputs and attributes are rows of the signature table.  The accumulators themselves are in
`resources/accumulators.py`.
"""

import numpy as np

from perdure.graph.dtypes import word_of
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.shapes import with_rank
from perdure.ops.registry import op
from perdure.resources.accumulators import Accumulator, ConditionalAccumulator, SparseConditionalAccumulator

# -- making them -----------------------------------------------------------------------------------


def handle_shape():
    return (2,)


def accumulator_kernel(xp, *, obtain, dtype, shape, reduction_type):
    return obtain(dtype=dtype, shape=shape, reduction_type=reduction_type)


for _definition in (
    op("ConditionalAccumulator", setup=True, makes=ConditionalAccumulator),
    op("ResourceConditionalAccumulator", setup=True, makes=ConditionalAccumulator),
    op("SparseConditionalAccumulator", setup=True, makes=SparseConditionalAccumulator),
):
    _definition.shape(handle_shape)
    _definition.kernel(accumulator_kernel)
    _definition.not_differentiable("it is a source, with no inputs")

# -- what is done with any of them -----------------------------------------------------------------


def apply_shape(local_step):
    with_rank(local_step, 0)
    return []


def apply_kernel(xp, handle, local_step, gradient, *, dtype):
    check_type(handle, dtype, "{}, int64, {}->")
    handle.apply(int(local_step), gradient)
    return ()


def check_type(handle, dtype, form):
    if handle.dtype != dtype:
        have, expected = word_of(dtype), word_of(handle.dtype)
        raise InvalidArgumentError(
            None,
            None,
            f"Signature mismatch, have: {form.format('string_ref', have)} expected: "
            f"{form.format('string_ref', expected)}",
        )


def num_accumulated_shape():
    return ()


def num_accumulated_kernel(xp, handle):
    return np.int32(handle.num_accumulated())


def set_global_step_shape(new_global_step):
    with_rank(new_global_step, 0)
    return []


def set_global_step_kernel(xp, handle, new_global_step):
    handle.set_global_step(int(new_global_step))
    return ()


def take_shape(num_required):
    with_rank(num_required, 0)
    return None


def take_kernel(xp, handle, num_required, *, dtype, step):
    check_type(handle, dtype, "{}, int32->{}")
    return handle.take(int(num_required), step)


def of_accumulator(ref, resource, shape, kernel):
    """Give two ops their rules that do one thing with an accumulator, by reference and by resource handle."""
    for definition in (ref, resource):
        definition.shape(shape)
        definition.kernel(kernel)
        definition.not_differentiable("it deals with an accumulator")


_HANDLE = {"handle": Accumulator}
_DENSE, _SPARSE = {"handle": ConditionalAccumulator}, {"handle": SparseConditionalAccumulator}

of_accumulator(
    op("AccumulatorApplyGradient", host=True, handles=_DENSE),
    op("ResourceAccumulatorApplyGradient", host=True, handles=_DENSE),
    apply_shape,
    apply_kernel,
)
of_accumulator(
    op("AccumulatorNumAccumulated", host=True, handles=_HANDLE),
    op("ResourceAccumulatorNumAccumulated", host=True, handles=_HANDLE),
    num_accumulated_shape,
    num_accumulated_kernel,
)
of_accumulator(
    op("AccumulatorSetGlobalStep", host=True, handles=_HANDLE),
    op("ResourceAccumulatorSetGlobalStep", host=True, handles=_HANDLE),
    set_global_step_shape,
    set_global_step_kernel,
)
of_accumulator(
    op("AccumulatorTakeGradient", host=True, handles=_DENSE, waits=True),
    op("ResourceAccumulatorTakeGradient", host=True, handles=_DENSE, waits=True),
    take_shape,
    take_kernel,
)

# -- sparse ones -----------------------------------------------------------------------------------

sparse_apply = op("SparseAccumulatorApplyGradient", host=True, handles=_SPARSE)
sparse_apply.shape(apply_shape)


@sparse_apply.kernel
def sparse_apply_kernel(
    xp, handle, local_step, gradient_indices, gradient_values, gradient_shape, *, dtype, has_known_shape
):
    check_type(handle, dtype, "{}, int64, int64, {}, int64->")
    shape = np.ravel(gradient_shape).tolist() if has_known_shape else None
    handle.apply(int(local_step), np.asarray(gradient_indices), np.asarray(gradient_values), shape)
    return ()


sparse_apply.not_differentiable("it deals with an accumulator")

sparse_take = op("SparseAccumulatorTakeGradient", host=True, handles=_SPARSE, waits=True)


@sparse_take.shape
def sparse_take_shape(num_required):
    with_rank(num_required, 0)
    return [None, None, None]


@sparse_take.kernel
def sparse_take_kernel(xp, handle, num_required, *, dtype, step):
    check_type(handle, dtype, "{}, int32->int64, {}, int64")
    return handle.take(int(num_required), step)


sparse_take.not_differentiable("it deals with an accumulator")
