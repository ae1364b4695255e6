"""Tensors as strings: SerializeTensor, ParseTensor.

Names of inputs, outputs and attributes are rows of the signature table.  A string is a serialized
TensorProto.
"""

import numpy as np

from perdure.graph.dtypes import word_of
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.parsing.assembling import shown
from perdure.ops.parsing.examples import texts
from perdure.ops.registry import op

# -- SerializeTensor -----------------------------------------------------------------------------

serialize_tensor = op("SerializeTensor", host=True)


@serialize_tensor.shape
def serialize_tensor_shape():
    return ()


@serialize_tensor.kernel
def serialize_tensor_kernel(xp, tensor, *, T):  # noqa: N803
    from perdure.formats.graph.tensor_strings import string_of_tensor

    return np.array(string_of_tensor(tensor, T), object)


serialize_tensor.not_differentiable("it makes strings")

# -- ParseTensor ---------------------------------------------------------------------------------

parse_tensor = op("ParseTensor", host=True)


@parse_tensor.shape
def parse_tensor_shape():
    return None


@parse_tensor.kernel
def parse_tensor_kernel(xp, serialized, *, out_type):
    from perdure.formats.graph.tensor_strings import tensor_in_string

    if np.ndim(serialized):
        raise invalid(
            f"Expected `serialized` to be a scalar, got shape: {format_shape(np.shape(serialized))}"
        )
    (data,) = texts(serialized)
    try:
        found = tensor_in_string(data)
    except (ValueError, TypeError) as error:
        raise invalid(f"Cannot parse tensor from proto: {error}") from error
    if found is None:
        raise invalid(f"Could not parse `serialized` as TensorProto: '{shown(data)}'")
    dtype, array = found
    if dtype != out_type:
        raise invalid(
            f"Type mismatch between parsed tensor ({word_of(dtype)}) and dtype ({word_of(out_type)})"
        )
    return array


parse_tensor.not_differentiable("it reads strings")
