"""Special functions of two and three tensors: Igamma, Igammac, Betainc, Zeta, Polygamma.

TensorFlow has gradients for only some of their arguments; the others get none.
"""

from perdure.graph import shapes
from perdure.graph.shapes import format_shape
from perdure.ops.broadcasting import broadcast_arguments, sum_to
from perdure.ops.checks import invalid
from perdure.ops.math.binary import check_broadcast
from perdure.ops.math.unary import after
from perdure.ops.registry import op

# -- Igamma, Igammac, IgammaGradA -------------------------------------------------


def igamma_shape(a, x):
    return shapes.broadcast(a, x)


def of_a_and_x(type, compute):
    new = op(type)
    new.shape(igamma_shape)

    def kernel(xp, a, x):
        check_broadcast(a, x)
        return compute(xp, a, x)

    new.kernel(kernel)
    return new


igamma = of_a_and_x("Igamma", lambda xp, a, x: xp.igamma(a, x))
igammac = of_a_and_x("Igammac", lambda xp, a, x: xp.igammac(a, x))
igamma_grad_a = of_a_and_x("IgammaGradA", lambda xp, a, x: xp.igamma_grad_a(a, x))
igamma_grad_a.refuse_gradient()


def igamma_gradients(g, d_z, a, x):
    (a_shape, a_axes), (x_shape, x_axes) = broadcast_arguments(g, a, x)
    with after(g, d_z):
        slope_a = g.igamma_grad_a(a, x)
        # x^(a-1) e^-x / gamma(a), in logs because gamma(a) grows fast.
        slope_x = g.exp(-x + (a - 1) * g.log(x) - g.lgamma(a))
        return (sum_to(g, slope_a * d_z, a_axes, a_shape), sum_to(g, slope_x * d_z, x_axes, x_shape))


@igamma.gradient
def igamma_gradient(g, d_z, a, x):
    d_a, d_x = igamma_gradients(g, d_z, a, x)
    return {"a": d_a, "x": d_x}


@igammac.gradient
def igammac_gradient(g, d_z, a, x):
    d_a, d_x = igamma_gradients(g, d_z, a, x)
    return {"a": -d_a, "x": -d_x}


# -- Betainc ----------------------------------------------------------------------

betainc = op("Betainc")


@betainc.shape
def betainc_shape(a, b, x):
    known = [shape for shape in (a, b, x) if shape is None or shape]
    result = ()
    for shape in known:  # scalars go with everything; the others must agree
        result = shape if result == () else shapes.merge(result, shape)
    return result


@betainc.kernel
def betainc_kernel(xp, a, b, x):
    sizes = {part.shape for part in (a, b, x)} - {()}
    if len(sizes) > 1:
        raise invalid(
            "Shapes of a, b and x are inconsistent: "
            f"{format_shape(a.shape)} vs. {format_shape(b.shape)} vs. {format_shape(x.shape)}"
        )
    return xp.betainc(a, b, x)


@betainc.gradient
def betainc_gradient(g, d_z, a, b, x):
    a_shape, x_shape = g.shape(a), g.shape(x)
    _, x_axes = g.broadcast_gradient_args(a_shape, x_shape)
    log_beta = g.lgamma(a) + g.lgamma(b) - g.lgamma(a + b)
    slope = g.exp((b - 1) * g.log(1 - x) + (a - 1) * g.log(x) - log_beta)
    return {"x": sum_to(g, slope * d_z, x_axes, x_shape)}


# -- Zeta -------------------------------------------------------------------------

zeta = op("Zeta")


@zeta.shape
def zeta_shape(x, q):
    return shapes.broadcast(x, q)


@zeta.kernel
def zeta_kernel(xp, x, q):
    check_broadcast(x, q)
    return xp.zeta(x, q)


@zeta.gradient
def zeta_gradient(g, d_z, x, q):
    _, (q_shape, q_axes) = broadcast_arguments(g, x, q)
    with after(g, d_z):
        x, q = g.conj(x), g.conj(q)
        slope = -x * g.zeta(x + 1, q)
        return {"q": sum_to(g, slope * d_z, q_axes, q_shape)}


# -- Polygamma --------------------------------------------------------------------

polygamma = op("Polygamma")
polygamma.shape(igamma_shape)


@polygamma.kernel
def polygamma_kernel(xp, a, x):
    check_broadcast(a, x)
    return xp.polygamma(a, x)


@polygamma.gradient
def polygamma_gradient(g, d_z, a, x):
    _, (x_shape, x_axes) = broadcast_arguments(g, a, x)
    with after(g, d_z):
        a, x = g.conj(a), g.conj(x)
        slope = g.polygamma(a + 1, x)
        return {"x": sum_to(g, slope * d_z, x_axes, x_shape)}
