"""Complex numbers: their parts, size, angle and conjugate."""

from perdure.graph import shapes
from perdure.ops.broadcasting import broadcast_arguments, sum_to
from perdure.ops.math.unary import after, same_shape, same_shape_input
from perdure.ops.registry import op

# -- Complex ----------------------------------------------------------------------

complex_ = op("Complex")


@complex_.shape
def complex_shape(real, imag):
    return shapes.broadcast(real, imag)


@complex_.kernel
def complex_kernel(xp, real, imag):
    return xp.complex_of(real, imag)


@complex_.gradient
def complex_gradient(g, d_out, real, imag):
    (real_shape, real_axes), (imag_shape, imag_axes) = broadcast_arguments(g, real, imag)
    return {
        "real": sum_to(g, g.real(d_out), real_axes, real_shape),
        "imag": sum_to(g, g.imag(d_out), imag_axes, imag_shape),
    }


# -- Real, Imag, Angle, ComplexAbs ------------------------------------------------

real = op("Real")
real.shape(same_shape_input)


@real.kernel
def real_kernel(xp, input, *, Tout):
    return xp.real(input).astype(Tout.as_numpy_dtype)


@real.gradient
def real_gradient(g, d_output):
    zero = g.constant(0, dtype=d_output.dtype)
    return {"input": g.complex(d_output, zero)}


imag = op("Imag")
imag.shape(same_shape_input)


@imag.kernel
def imag_kernel(xp, input, *, Tout):
    return xp.imag(input).astype(Tout.as_numpy_dtype)


@imag.gradient
def imag_gradient(g, d_output):
    zero = g.constant(0, dtype=d_output.dtype)
    return {"input": g.complex(zero, d_output)}


angle = op("Angle")
angle.shape(same_shape_input)


@angle.kernel
def angle_kernel(xp, input, *, Tout):
    return xp.angle(input).astype(Tout.as_numpy_dtype)


@angle.gradient
def angle_gradient(g, d_output, input):
    with after(g, d_output):
        re, im = g.real(input), g.imag(input)
        z = g.reciprocal(g.complex(im, re))
        zero = g.constant(0, dtype=d_output.dtype)
        return {"input": -g.complex(d_output, zero) * z}


complex_abs = op("ComplexAbs")
complex_abs.shape(same_shape)


@complex_abs.kernel
def complex_abs_kernel(xp, x, *, Tout):
    return xp.abs(x).astype(Tout.as_numpy_dtype)


@complex_abs.gradient
def complex_abs_gradient(g, d_y, x, y):
    scaled = g.complex(d_y, g.zeros_like(d_y)) * x
    size = g.complex(y, g.zeros_like(y))
    return {"x": g.div_no_nan(scaled, size)}


# -- Conj -------------------------------------------------------------------------

conj = op("Conj")
conj.shape(same_shape_input)


@conj.kernel
def conj_kernel(xp, input):
    return xp.conj(input)


@conj.gradient
def conj_gradient(g, d_output):
    return {"input": g.conj(d_output)}
