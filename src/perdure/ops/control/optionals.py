"""Values that there may be or not: what a branch that is not taken gives its conditional's gradient."""

from perdure.graph.shapes import is_compatible
from perdure.ops.checks import invalid
from perdure.ops.control.variants import Optional
from perdure.ops.registry import op

from_value = op("OptionalFromValue", host=True, foldable=False)


@from_value.shape
def from_value_shape():
    return ()


@from_value.kernel
def from_value_kernel(xp, components):
    return Optional(list(components))


@from_value.gradient
def from_value_gradient(g, d_optional, components):
    return {
        "components": g.optional_get_value(
            d_optional,
            output_types=[component.dtype for component in components],
            output_shapes=[component.shape for component in components],
        )
    }


none = op("OptionalNone", host=True, foldable=False)
none.shape(from_value_shape)


@none.kernel
def none_kernel(xp):
    return Optional(None)


none.not_differentiable("it has no inputs")

has_value = op("OptionalHasValue", host=True)
has_value.shape(from_value_shape)


@has_value.kernel
def has_value_kernel(xp, optional):
    return xp.asarray(optional.values is not None)


has_value.not_differentiable("it is a question")

get_value = op("OptionalGetValue", host=True)


@get_value.shape
def get_value_shape(*, output_shapes):
    return list(output_shapes)


@get_value.kernel
def get_value_kernel(xp, optional, *, output_shapes):
    if optional.values is None:
        raise invalid("The given optional does not have a value.")
    if len(optional.values) != len(output_shapes) or not all(
        is_compatible(shape, getattr(value, "shape", ()))
        for shape, value in zip(output_shapes, optional.values, strict=True)
    ):
        raise invalid("The values of the optional do not have the given shapes.")
    return optional.values


@get_value.gradient
def get_value_gradient(g, d_components):
    return {"optional": g.optional_from_value(d_components)}
