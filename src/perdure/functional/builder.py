"""What gradient rules build with: functions below the public face, and the raw op constructors."""

from __future__ import annotations

from typing import Any

from perdure.functional.array import (
    array,
    gathering,
    joining,
    padding,
    rearranging,
    searching,
    shape_arithmetic,
    slicing,
)
from perdure.functional.array import space_to_batch as space_to_batch_functions
from perdure.functional.linalg import linalg, matrix
from perdure.functional.math import binary, products, reductions, scans, unary
from perdure.functional.math import cast as cast_functions
from perdure.functional.math import complex as complex_functions
from perdure.functional.nn import activations
from perdure.functional.signal import fourier
from perdure.graph import constants, defaults, hooks, stacks
from perdure.graph.builder import Builder

_raw = Builder()


class RuleBuilder(Builder):
    """What a gradient rule is given as `g`.

    `g.reshape` is the function that the public `tf.reshape` is, which adds the nodes that TensorFlow's own
    gradient functions add; whatever is not listed here is the raw constructor of an op (`g.conv2d`), and
    `g.raw` has the constructors of the ops whose functions are listed.  A program that replaces `tf.reshape`
    changes no gradient.
    """

    raw = _raw

    check_numerics = staticmethod(array.check_numerics)
    expand_dims = staticmethod(array.expand_dims)
    fill = staticmethod(array.fill)
    identity = staticmethod(array.identity)
    ones = staticmethod(array.ones)
    ones_like = staticmethod(array.ones_like)
    rank = staticmethod(array.rank)
    reshape = staticmethod(array.reshape)
    shape = staticmethod(array.shape)
    shape_n = staticmethod(array.shape_n)
    size = staticmethod(array.size)
    squeeze = staticmethod(array.squeeze)
    stop_gradient = staticmethod(array.stop_gradient)
    zeros = staticmethod(array.zeros)
    zeros_like = staticmethod(array.zeros_like)

    dynamic_partition = staticmethod(gathering.dynamic_partition)
    dynamic_stitch = staticmethod(gathering.dynamic_stitch)
    gather = staticmethod(gathering.gather)
    gather_nd = staticmethod(gathering.gather_nd)
    scatter_nd = staticmethod(gathering.scatter_nd)
    setdiff1d = staticmethod(searching.setdiff1d)
    tensor_scatter_update = staticmethod(gathering.tensor_scatter_update)
    where = staticmethod(gathering.where)
    where_v2 = staticmethod(gathering.where_v2)

    concat = staticmethod(joining.concat)
    split = staticmethod(joining.split)
    stack = staticmethod(joining.stack)
    unstack = staticmethod(joining.unstack)

    batch_to_space = staticmethod(space_to_batch_functions.batch_to_space)
    batch_to_space_nd = staticmethod(space_to_batch_functions.batch_to_space_nd)
    depth_to_space = staticmethod(space_to_batch_functions.depth_to_space)
    invert_permutation = staticmethod(rearranging.invert_permutation)
    matrix_transpose = staticmethod(rearranging.matrix_transpose)
    pad = staticmethod(padding.pad)
    reverse_sequence = staticmethod(rearranging.reverse_sequence)
    reverse = staticmethod(rearranging.reverse)
    space_to_batch = staticmethod(space_to_batch_functions.space_to_batch)
    space_to_batch_nd = staticmethod(space_to_batch_functions.space_to_batch_nd)
    space_to_depth = staticmethod(space_to_batch_functions.space_to_depth)
    tile = staticmethod(rearranging.tile)
    transpose = staticmethod(rearranging.transpose)

    slice = staticmethod(slicing.slice)
    strided_slice = staticmethod(slicing.strided_slice)

    adjoint = staticmethod(linalg.adjoint)

    diag = staticmethod(matrix.diag)
    diag_part = staticmethod(matrix.diag_part)
    eye = staticmethod(matrix.eye)
    matrix_band_part = staticmethod(matrix.matrix_band_part)
    matrix_diag = staticmethod(matrix.matrix_diag)
    matrix_diag_part = staticmethod(matrix.matrix_diag_part)
    matrix_set_diag = staticmethod(matrix.matrix_set_diag)

    abs = staticmethod(unary.abs)
    cast = staticmethod(cast_functions.cast)
    complex = staticmethod(complex_functions.complex)
    conj = staticmethod(complex_functions.conj)
    div = staticmethod(binary.div)
    div_no_nan = staticmethod(binary.div_no_nan)
    divide = staticmethod(binary.divide)
    imag = staticmethod(complex_functions.imag)
    pow = staticmethod(binary.pow)
    range = staticmethod(shape_arithmetic.range)
    real = staticmethod(complex_functions.real)
    scalar_mul = staticmethod(binary.scalar_mul)
    sigmoid = staticmethod(unary.sigmoid)
    truediv = staticmethod(binary.truediv)

    matmul = staticmethod(products.matmul)

    cumprod = staticmethod(scans.cumprod)
    cumsum = staticmethod(scans.cumsum)
    cumulative_logsumexp = staticmethod(scans.cumulative_logsumexp)
    reduce_mean = staticmethod(reductions.reduce_mean)
    reduce_min = staticmethod(reductions.reduce_min)
    reduce_prod = staticmethod(reductions.reduce_prod)
    reduce_sum = staticmethod(reductions.reduce_sum)

    log_softmax = staticmethod(activations.log_softmax)
    softmax = staticmethod(activations.softmax)

    constant = staticmethod(constants.constant)

    irfft = staticmethod(fourier.irfft)
    irfft2d = staticmethod(fourier.irfft2d)
    rfft = staticmethod(fourier.rfft)
    rfft2d = staticmethod(fourier.rfft2d)

    colocate_with = staticmethod(defaults.colocate_with)
    control_dependencies = staticmethod(defaults.control_dependencies)
    device = staticmethod(defaults.device)

    @staticmethod
    def sparse_reorder(*args: Any, **kwargs: Any) -> Any:
        """`tf.sparse.reorder`, imported when a rule asks for it."""
        from perdure.functional.sparse.merging import sparse_reorder

        return sparse_reorder(*args, **kwargs)

    get_default_graph = staticmethod(stacks.get_default_graph)

    @staticmethod
    def gradients(*args: Any, **kwargs: Any) -> list[Any]:
        """`tf.gradients`, for rules that differentiate a formula of theirs."""
        return hooks.gradients(*args, **kwargs)


g = RuleBuilder()
