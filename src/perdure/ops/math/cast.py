"""Cast and ClipByValue."""

from perdure.graph import dtypes, shapes
from perdure.graph.errors import UnimplementedError
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- Cast -------------------------------------------------------------------------

cast = op("Cast", keeps_elements=True)
DIFFERENTIABLE = (
    dtypes.float16,
    dtypes.float32,
    dtypes.float64,
    dtypes.bfloat16,
    dtypes.complex64,
    dtypes.complex128,
)


@cast.shape
def cast_shape(x):
    return x


# Types that are cast to nothing but themselves.
_APART = (dtypes.string, dtypes.resource, dtypes.variant)

# The bits that `Truncate` sets to zero before the value is rounded.  Between double and complex64 TensorFlow
# counts the bits of a complex number as none, and loses one of the exponent.
_TRUNCATED = {
    (dtypes.float32, dtypes.bfloat16): 16,
    (dtypes.float32, dtypes.float16): 13,
    (dtypes.float64, dtypes.float16): 42,
    (dtypes.float64, dtypes.float32): 29,
    (dtypes.float64, dtypes.complex64): 53,
    (dtypes.complex64, dtypes.float16): 13,
    (dtypes.complex128, dtypes.float16): 42,
    (dtypes.complex128, dtypes.float32): 29,
    (dtypes.complex128, dtypes.complex64): 29,
}


@cast.kernel
def cast_kernel(xp, x, *, SrcT, DstT, Truncate):
    if SrcT is DstT:
        return x
    if SrcT in _APART or DstT in _APART:
        raise UnimplementedError(
            None, None, f"Cast {dtypes.word_of(SrcT)} to {dtypes.word_of(DstT)} is not supported"
        )
    if Truncate and (SrcT, DstT) in _TRUNCATED:
        x = xp.without_low_bits(x, _TRUNCATED[SrcT, DstT])
    return xp.convert(x, DstT.as_numpy_dtype)


@cast.gradient
def cast_gradient(g, d_y, x):
    source = x.dtype.base_dtype
    if source in DIFFERENTIABLE and d_y.dtype.base_dtype in DIFFERENTIABLE:
        return {"x": g.cast(d_y, source)}
    return {"x": None}


# -- ClipByValue ------------------------------------------------------------------

clip_by_value = op("ClipByValue")


@clip_by_value.shape
def clip_by_value_shape(t, clip_value_min, clip_value_max):
    for bound in (clip_value_min, clip_value_max):
        if bound:
            shapes.merge(t, bound)
    return t


@clip_by_value.kernel
def clip_by_value_kernel(xp, t, clip_value_min, clip_value_max):
    for bound in (clip_value_min, clip_value_max):
        if bound.shape not in ((), t.shape):
            raise invalid(
                "clip_value_min and clip_value_max must be either of the same shape as input, or "
                f"a scalar. input shape: {format_shape(t.shape)}"
                f"clip_value_min shape: {format_shape(clip_value_min.shape)}"
                f"clip_value_max shape: {format_shape(clip_value_max.shape)}"
            )
    return xp.larger(xp.smaller(t, clip_value_max), clip_value_min)


clip_by_value.refuse_gradient("tf.clip_by_value makes Minimum and Maximum, which have one")
