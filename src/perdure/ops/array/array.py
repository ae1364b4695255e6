"""Arrays as such: constants, placeholders, identities, shapes, reshaping and filling.

Rearranging elements is in `rearranging`, padding in `padding`, joining in `joining`.
Shapes are tuples with None for an unknown size; an unknown rank is None.
"""

import math

import numpy as np

from perdure.graph.shapes import format_shape, merge, num_elements, with_rank
from perdure.ops.checks import invalid, scalar
from perdure.ops.control import variants
from perdure.ops.registry import op
from perdure.ops.traits import RANK_ONLY, SHAPE_ONLY

# -- shared by the family ---------------------------------------------------------


def unchanged(input):
    return input


# -- Const ------------------------------------------------------------------------

const = op("Const", any_device=True)


@const.shape
def const_shape(*, value):
    return value.shape


@const.kernel
def const_kernel(xp, *, value):
    return value


const.not_differentiable("a constant has no inputs")

# -- Placeholder, PlaceholderV2 ---------------------------------------------------


# How TensorFlow's run-time messages spell the two types whose C names differ.
C_NAMES = {"float32": "float", "float64": "double"}


def placeholder_shape(*, shape):
    return shape


def placeholder_kernel(xp, *, dtype, shape, node_name):
    where = f" and shape {format_shape(shape)}" if shape else ""
    type_name = C_NAMES.get(dtype.name, dtype.name)
    raise invalid(f"You must feed a value for placeholder tensor '{node_name}' with dtype {type_name}{where}")


for placeholder in (
    op("Placeholder", placeholder=True, any_device=True),
    op("PlaceholderV2", placeholder=True),
):
    placeholder.shape(placeholder_shape)
    placeholder.kernel(placeholder_kernel)
    placeholder.not_differentiable("a placeholder has no inputs")

# -- PlaceholderWithDefault -------------------------------------------------------

placeholder_with_default = op("PlaceholderWithDefault", foldable=False)


@placeholder_with_default.shape
def placeholder_with_default_shape(input, *, shape):
    # A feed may have any size where `shape` leaves it open, so the default's own shape is no
    # knowledge about the output; but it must be a legal value.
    merge(input, shape)
    return shape


@placeholder_with_default.kernel
def placeholder_with_default_kernel(xp, input):
    return input


@placeholder_with_default.gradient
def placeholder_with_default_gradient(g, d_output):
    return {"input": d_output}


# -- Identity, Snapshot, RefIdentity, PreventGradient, ... ------------------------


def same_kernel(xp, input):
    return input


def same_gradient(g, d_output):
    return {"input": d_output}


identity = op("Identity", identity=True, keeps_elements=True)
ref_identity = op("RefIdentity", identity=True)
debug_identity = op("DebugGradientIdentity", identity=True)
debug_ref_identity = op("DebugGradientRefIdentity", identity=True)
for _same in (identity, ref_identity, debug_identity, debug_ref_identity):
    _same.shape(unchanged)
    _same.kernel(same_kernel)
    _same.gradient(same_gradient)

snapshot = op("Snapshot", identity=True, copies=True)
guarantee_const = op("GuaranteeConst", identity=True)
for _same in (snapshot, guarantee_const):
    _same.shape(unchanged)
    _same.kernel(same_kernel)
    _same.refuse_gradient()

stop_gradient = op("StopGradient", identity=True)
stop_gradient.shape(unchanged)
stop_gradient.kernel(same_kernel)
stop_gradient.not_differentiable("it stops gradients")

prevent_gradient = op("PreventGradient", identity=True)
prevent_gradient.shape(unchanged)
prevent_gradient.kernel(same_kernel)


@prevent_gradient.gradient
def prevent_gradient_gradient(g, d_output, input, *, message):
    raise LookupError(f"Gradient explicitly disabled. Reason: {message}")


deep_copy = op("DeepCopy")


@deep_copy.shape
def deep_copy_shape(x):
    return x


@deep_copy.kernel
def deep_copy_kernel(xp, x):
    return xp.array(x)


deep_copy.refuse_gradient()


# -- IdentityN --------------------------------------------------------------------

identity_n = op("IdentityN", identity=True)


@identity_n.shape
def identity_n_shape(input):
    return list(input)


@identity_n.kernel
def identity_n_kernel(xp, input):
    return list(input)


@identity_n.gradient
def identity_n_gradient(g, d_output):
    return {"input": list(d_output)}


# -- Shape, ShapeN, Size, Rank ----------------------------------------------------

shape_ = op("Shape", reads_only=SHAPE_ONLY)


@shape_.shape
def shape_shape(input):
    return (None if input is None else len(input),)


@shape_.entries
def shape_entries(input):
    return None if input.shape is None else list(input.shape)


@shape_.kernel
def shape_kernel(xp, input, *, out_type):
    # NumPy in both tiers: a shape is known while compiling.
    return np.array(np.shape(input), out_type.as_numpy_dtype)


shape_.not_differentiable("a shape does not depend on the values")

shape_n = op("ShapeN", reads_only=SHAPE_ONLY)


@shape_n.shape
def shape_n_shape(input):
    return [shape_shape(shape) for shape in input]


@shape_n.kernel
def shape_n_kernel(xp, input, *, out_type):
    return [np.array(np.shape(array), out_type.as_numpy_dtype) for array in input]


shape_n.not_differentiable("a shape does not depend on the values")

size = op("Size", reads_only=SHAPE_ONLY)


@size.shape
def size_shape(input):
    return ()


@size.kernel
def size_kernel(xp, input, *, out_type):
    return np.array(math.prod(np.shape(input)), out_type.as_numpy_dtype)


size.not_differentiable("a size does not depend on the values")

rank = op("Rank", reads_only=RANK_ONLY)


@rank.shape
def rank_shape(input):
    return ()


@rank.kernel
def rank_kernel(xp, input):
    return np.array(len(np.shape(input)), np.int32)


rank.not_differentiable("a rank does not depend on the values")

# -- Reshape ----------------------------------------------------------------------

reshape = op("Reshape", static=["shape"], sizes=["shape"], keeps_elements=True)


@reshape.shape
def reshape_shape(tensor, shape):
    if shape is None:
        return None
    # In a constant -1 means "whatever is left"; a size that is computed is merely unknown.
    refuse_below(shape, -1)
    sizes = [None if size == -1 else size for size in shape]
    wanted, given = elements_of(sizes), elements_of(tensor)
    if wanted is not None and given is not None:
        if wanted != given:
            raise ValueError(
                f"Cannot reshape a tensor with {given} elements to shape "
                f"{format_shape(sizes)} ({wanted} elements)"
            )
    elif tensor is not None and sizes.count(None) == 1 and wanted is None:
        known = math.prod(size for size in sizes if size is not None)
        if given is not None and known > 0:
            sizes[sizes.index(None)] = divide_evenly(given, known)
    elif tensor is not None and tensor.count(None) == 1 and wanted is not None:
        known = math.prod(size for size in tensor if size is not None)
        if known:
            divide_evenly(wanted, known)
    return tuple(sizes)


def elements_of(shape):
    """The number of elements; unlike Python's TensorFlow, the C++ side lets a 0 decide it."""
    return 0 if shape is not None and 0 in shape else num_elements(shape)


def refuse_below(sizes, least):
    for size in sizes:
        if size is not None and size < least:
            raise ValueError(f"Invalid value in tensor used for shape: {size}")


def divide_evenly(elements: int, known: int) -> int:
    if elements % known:
        raise ValueError(f"Dimension size must be evenly divisible by {known} but is {elements}")
    return elements // known


@reshape.kernel
def reshape_kernel(xp, tensor, shape):
    if shape.ndim != 1:
        raise invalid(f"sizes input must be 1-D, not {format_shape(shape.shape)}")
    sizes = shape.tolist()
    if sizes.count(-1) == 1 and 0 in sizes:
        # TensorFlow fills up (0, 3) to [0, -1] with the product of the other sizes.
        given = [size for size in np.shape(tensor) if size]
        sizes[sizes.index(-1)] = math.prod(given) // math.prod(size for size in sizes if size > 0)
    try:
        if min(sizes, default=0) >= 0 or sizes.count(-1) == 1:
            return xp.reshape(tensor, sizes)
    except (ValueError, TypeError):
        pass  # said below in TensorFlow's words
    raise invalid(reshape_refusal(tensor, sizes))


def reshape_refusal(tensor, sizes):
    """Why `tensor` cannot have the shape `sizes`."""
    elements = math.prod(np.shape(tensor))
    missing = [i for i, size in enumerate(sizes) if size == -1]
    if len(missing) > 1:
        return f"Only one input size may be -1, not both {missing[0]} and {missing[1]}"
    for i, size in enumerate(sizes):
        if size < -1:
            return f"Size {i} must be non-negative, not {size}"
    known = math.prod(size for size in sizes if size >= 0)
    if missing:
        return (
            f"Input to reshape is a tensor with {elements} values, "
            f"but the requested shape requires a multiple of {known}"
        )
    return f"Input to reshape is a tensor with {elements} values, but the requested shape has {known}"


@reshape.gradient
def reshape_gradient(g, d_output, tensor):
    return {"tensor": g.reshape(d_output, g.shape(tensor))}


# -- ExpandDims -------------------------------------------------------------------

expand_dims = op("ExpandDims", static=["dim"], keeps_elements=True)


@expand_dims.shape
def expand_dims_shape(input, dim):
    if input is None:
        return None
    if dim is None:
        return None
    if dim.size != 1:
        raise ValueError("'dim' input must be a tensor with a single value")
    axis, rank = scalar(dim), len(input)
    if not -rank - 1 <= axis <= rank:
        raise ValueError(f"dim {axis} not in the interval [{-rank - 1}, {rank}].")
    axis %= rank + 1
    return input[:axis] + (1,) + input[axis:]


@expand_dims.kernel
def expand_dims_kernel(xp, input, dim):
    shape = np.shape(input)
    axis, rank = scalar(dim), len(shape)
    if not -rank - 1 <= axis <= rank:
        raise invalid(f"Tried to expand dim index {axis} for tensor with {rank} dimensions.")
    axis %= rank + 1
    return xp.reshape(input, shape[:axis] + (1,) + shape[axis:])


@expand_dims.gradient
def expand_dims_gradient(g, d_output, input):
    return {"input": g.reshape(d_output, g.shape(input))}


# -- Squeeze ----------------------------------------------------------------------

squeeze = op("Squeeze", keeps_elements=True)


@squeeze.shape
def squeeze_shape(input, *, squeeze_dims):
    if input is None:
        return None
    if not squeeze_dims:
        return None if None in input else tuple(size for size in input if size != 1)
    rank = len(input)
    for i, axis in enumerate(squeeze_dims):
        if not -rank <= axis < rank:
            raise ValueError(f"squeeze_dims[{i}] not in [{-rank},{rank}).")
    axes = {axis % rank for axis in squeeze_dims}
    for axis in axes:
        if input[axis] not in (1, None):
            raise ValueError(f"Can not squeeze dim[{axis}], expected a dimension of 1, got {input[axis]}")
    return tuple(size for axis, size in enumerate(input) if axis not in axes)


@squeeze.kernel
def squeeze_kernel(xp, input, *, squeeze_dims):
    shape = np.shape(input)
    rank = len(shape)
    for axis in squeeze_dims:
        if not -rank <= axis < rank:
            raise invalid(f"Tried to squeeze dim index {axis} for tensor with {rank} dimensions.")
    axes = {axis % rank for axis in squeeze_dims}
    kept = []
    for axis, size in enumerate(shape):
        if size != 1 and axis in axes:
            raise invalid(f"Can not squeeze dim[{axis}], expected a dimension of 1, got {size}")
        if axis not in axes and (axes or size != 1):
            kept.append(size)
    return xp.reshape(input, kept)


@squeeze.gradient
def squeeze_gradient(g, d_output, input):
    return {"input": g.reshape(d_output, g.shape(input))}


# -- EnsureShape ------------------------------------------------------------------

ensure_shape = op("EnsureShape", is_check=True)


@ensure_shape.shape
def ensure_shape_shape(input, *, shape):
    return merge(input, shape)


@ensure_shape.kernel
def ensure_shape_kernel(xp, input, *, shape, node_name):
    actual = np.shape(input)
    if shape is not None and (
        len(shape) != len(actual)
        or any(wanted not in (None, size) for wanted, size in zip(shape, actual, strict=False))
    ):
        raise invalid(
            f"Shape of tensor {node_name} {format_shape(actual)} is not "
            f"compatible with expected shape {format_shape(shape)}."
        )
    return input


@ensure_shape.gradient
def ensure_shape_gradient(g, d_output):
    return {"input": d_output}


# -- Bitcast ----------------------------------------------------------------------

bitcast = op("Bitcast")


@bitcast.shape
def bitcast_shape(input, *, T, type):
    wide, narrow = T.size, type.size
    if input is None or wide == narrow:
        return input
    if wide > narrow:
        return (*input, wide // narrow)
    if not input or input[-1] not in (None, narrow // wide):
        raise ValueError(
            f"Cannot bitcast due to shape. {input[-1] if input else 'A scalar'} does "
            f"not match {narrow // wide}"
        )
    return input[:-1]


@bitcast.kernel
def bitcast_kernel(xp, input, *, T, type):
    if T.size < type.size and np.shape(input)[-1:] != (type.size // T.size,):
        raise invalid(f"Cannot bitcast from {T.name} to {type.name}: shape {format_shape(np.shape(input))}")
    return xp.bitcast(input, type.as_numpy_dtype)


bitcast.refuse_gradient()

# -- Fill, ZerosLike, OnesLike ----------------------------------------------------

fill = op("Fill", static=["dims"], sizes=["dims"])


@fill.shape
def fill_shape(dims, value):
    with_rank(value, 0)
    if dims is not None and any(size is not None and size < 0 for size in dims):
        raise ValueError("Fill dimensions must be >= 0")
    return dims


@fill.kernel
def fill_kernel(xp, dims, value):
    if dims.ndim != 1:
        raise invalid(f"dims must be a vector, got shape {format_shape(dims.shape)}")
    if np.ndim(value):
        raise invalid(f"value must be a scalar, got shape {format_shape(np.shape(value))}")
    if (dims < 0).any():
        raise invalid(f"Dimension {dims.min()} must be >= 0")
    return xp.full(tuple(dims.tolist()), value, dtype=value.dtype)


@fill.gradient
def fill_gradient(g, d_output):
    return {"value": g.reduce_sum(d_output)}


zeros_like = op("ZerosLike")


@zeros_like.shape
def zeros_like_shape(x):
    return x


@zeros_like.kernel
def zeros_like_kernel(xp, x, *, T):
    if T.name == "variant":
        return variants.zeros_like(x, T)
    if T.name == "string":
        return np.full(np.shape(x), b"", object)
    return xp.zeros(np.shape(x), T.as_numpy_dtype)


zeros_like.not_differentiable("the output does not depend on the values")

ones_like = op("OnesLike")
ones_like.shape(zeros_like_shape)


@ones_like.kernel
def ones_like_kernel(xp, x, *, T):
    return xp.ones(np.shape(x), T.as_numpy_dtype)


ones_like.not_differentiable("the output does not depend on the values")

# -- CheckNumerics ----------------------------------------------------------------

check_numerics = op("CheckNumerics", is_check=True)


@check_numerics.shape
def check_numerics_shape(tensor):
    return tensor


@check_numerics.kernel
def check_numerics_kernel(xp, tensor, *, message):
    finite = xp.isfinite(tensor)

    def refusal():
        kinds = [
            word
            for word, found in (("Inf", np.isinf(tensor).any()), ("NaN", np.isnan(tensor).any()))
            if found
        ]
        return f"{message} : Tensor had {' and '.join(kinds)} values"

    xp.require(xp.all(finite), refusal)
    return tensor


@check_numerics.gradient
def check_numerics_gradient(g, d_output, *, message):
    # TensorFlow's own gradient writes the attribute as Python's bytes: b'...'.
    return {
        "tensor": g.check_numerics(
            d_output,
            f"Not a number (NaN) or infinity (Inf) values detected in gradient. {message.encode()!r}",
        )
    }
