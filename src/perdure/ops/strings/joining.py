"""StringJoin: strings put one behind the other."""

import numpy as np

from perdure.graph.shapes import format_shape, merge
from perdure.ops.checks import invalid
from perdure.ops.registry import op

string_join = op("StringJoin", host=True)


@string_join.shape
def string_join_shape(inputs):
    if all(shape == () for shape in inputs):
        return ()
    result = None
    # An input of unknown rank may be a scalar, which goes with every shape.
    for shape in inputs:
        if shape:
            result = merge(result, shape)
    return result


@string_join.kernel
def string_join_kernel(xp, inputs, *, separator):
    arrays = [np.asarray(value, object) for value in inputs]
    shapes = [array.shape for array in arrays if array.ndim]
    for shape in shapes:
        if shape != shapes[0]:
            raise invalid(
                "Input shapes do not match: expected "
                f"{format_shape(shapes[0])} instead of {format_shape(shape)}"
            )
    between = separator if isinstance(separator, bytes) else separator.encode()
    joined = np.empty(shapes[0] if shapes else (), object)
    for place in np.ndindex(joined.shape):
        joined[place] = between.join(array[place] if array.ndim else array[()] for array in arrays)
    return joined


string_join.not_differentiable("it makes strings")
