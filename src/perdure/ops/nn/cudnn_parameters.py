"""The parameters of cuDNN's recurrent networks: one flat vector, and what it is made of.

The layout is cuDNN's: the matrices of all layers, then the biases of all layers.  A layer has a part for each
direction; a part has the matrices that are applied to its inputs, one for each gate, then those applied to
its states, then that of the projection if there is one.  Matrices are stored row by row, with a row for each
unit.

| mode | gates, in this order |
| --- | --- |
| lstm | input, forgetting, new value, output |
| gru | reset, update, candidate |
| rnn_relu, rnn_tanh | the one |
"""

import math
from typing import NamedTuple

import numpy as np

from perdure.graph import errors
from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.registry import op

GATES = {"lstm": 4, "gru": 3, "rnn_relu": 1, "rnn_tanh": 1}


class Layout(NamedTuple):
    """How many of what a network has.

    Attributes:
        mode: "lstm", "gru", "rnn_relu" or "rnn_tanh".
        layers: how many layers.
        units: how many units a layer has in each direction.
        inputs: the size of the inputs.
        directions: 1 or 2.
        skips: whether the inputs go into all gates of the first layer as they are.
        projected: the size to which what is put out is projected; 0: it is not.
    """

    mode: str
    layers: int
    units: int
    inputs: int
    directions: int
    skips: bool
    projected: int

    @property
    def gates(self):
        return GATES[self.mode]

    @property
    def shown(self):
        """The size of what a direction puts out, and of its state."""
        return self.projected or self.units

    @property
    def parts(self):
        """For each layer and direction the number of the layer."""
        return [layer for layer in range(self.layers) for _ in range(self.directions)]

    def width(self, layer):
        """The size of what comes into a layer."""
        return self.inputs if layer == 0 else self.shown * self.directions

    def matrices(self, layer):
        """The shapes of the matrices of a part: the same kind side by side makes one of all gates."""
        on_inputs = 0 if self.skips and layer == 0 else self.gates
        shapes = [(self.units, self.width(layer))] * on_inputs
        shapes += [(self.units, self.shown)] * self.gates
        return shapes + ([(self.projected, self.units)] if self.projected else [])

    @property
    def all_matrices(self):
        return [shape for layer in self.parts for shape in self.matrices(layer)]

    @property
    def all_biases(self):
        return [(self.units,)] * (2 * self.gates * len(self.parts))

    @property
    def size(self):
        """How many numbers the vector has."""
        return sum(map(math.prod, self.all_matrices)) + sum(map(math.prod, self.all_biases))


def layout_of(mode, layers, units, inputs, direction, input_mode, projected=0):
    """The layout of a network from the attributes of an op.

    Raises:
        InvalidArgumentError: sizes do not fit each other.
    """
    skips = input_mode == "skip_input" or (input_mode == "auto_select" and inputs == units)
    if min(layers, units, inputs) < 1:
        raise invalid(f"num_layers, num_units and input_size must be positive: {layers}, {units}, {inputs}")
    if skips and inputs != units:
        raise invalid(f"skip_input needs as many inputs as units: {inputs} vs. {units}")
    if projected and (mode != "lstm" or projected > units):
        raise invalid(f"only lstm is projected, to at most num_units numbers: {mode}, {projected}")
    return Layout(mode, layers, units, inputs, 1 if direction == "unidirectional" else 2, skips, projected)


def pieces(vector, shapes):
    """Arrays of these shapes, one after the other in a vector, and what is behind them."""
    found, start = [], 0
    for shape in shapes:
        size = math.prod(shape)
        found.append(vector[start : start + size].reshape(shape))
        start += size
    return found, vector[start:]


def layout_from_inputs(num_layers, num_units, input_size, rnn_mode, direction, input_mode, num_proj=0):
    numbers = (int(np.asarray(value).item()) for value in (num_layers, num_units, input_size))
    layers, units, inputs = numbers
    return layout_of(rnn_mode, layers, units, inputs, direction, input_mode, num_proj)


# -- CudnnRNNParamsSize -----------------------------------------------------------

STATIC = ["num_layers", "num_units", "input_size"]
params_size = op("CudnnRNNParamsSize", static=STATIC, without_gpu=True)
params_size.not_differentiable("returns an integer")


@params_size.shape
def params_size_shape():
    return (1,)


@params_size.kernel
def params_size_kernel(
    xp, num_layers, num_units, input_size, *, S, rnn_mode, input_mode, direction, num_proj
):
    layout = layout_from_inputs(num_layers, num_units, input_size, rnn_mode, direction, input_mode, num_proj)
    return np.array([layout.size], S.as_numpy_dtype)


# -- CudnnRNNParamsToCanonical, CudnnRNNParamsToCanonicalV2 -----------------------


def refuse_skipped(layout):
    if layout.skips:
        raise errors.UnimplementedError(
            None, None, "inputs that skip the matrices of the first layer have no canonical weights"
        )


def to_canonical(xp, params, layout, weights_count, biases_count):
    refuse_skipped(layout)
    matrices, biases = layout.all_matrices, layout.all_biases
    for name, given, wanted in (
        ("weights", weights_count, len(matrices)),
        ("biases", biases_count, len(biases)),
    ):
        if given != wanted:
            raise invalid(f"Number of {name} mismatch, expect {wanted}, got {given}")
    require_size(params, layout)
    weights, rest = pieces(params, matrices)
    return weights + pieces(rest, biases)[0]


def require_size(params, layout):
    if params.shape != (layout.size,):
        raise invalid(f"params must have {layout.size} numbers, but have shape {format_shape(params.shape)}")


to_canonical_first = op("CudnnRNNParamsToCanonical", static=STATIC, without_gpu=True)
to_canonical_first.refuse_gradient()


@to_canonical_first.shape
def to_canonical_first_shape(params, *, num_params):
    with_rank(params, 1)
    return [(None, None)] * num_params + [(None,)] * num_params


@to_canonical_first.kernel
def to_canonical_first_kernel(
    xp, num_layers, num_units, input_size, params, *, num_params, rnn_mode, input_mode, direction
):
    layout = layout_from_inputs(num_layers, num_units, input_size, rnn_mode, direction, input_mode)
    return to_canonical(xp, params, layout, num_params, num_params)


to_canonical_second = op("CudnnRNNParamsToCanonicalV2", static=STATIC, without_gpu=True)
to_canonical_second.refuse_gradient()


@to_canonical_second.shape
def to_canonical_second_shape(params, *, num_params_weights, num_params_biases):
    with_rank(params, 1)
    return [(None, None)] * num_params_weights + [(None,)] * num_params_biases


@to_canonical_second.kernel
def to_canonical_second_kernel(
    xp,
    num_layers,
    num_units,
    input_size,
    params,
    *,
    num_params_weights,
    num_params_biases,
    rnn_mode,
    input_mode,
    direction,
    num_proj,
):
    layout = layout_from_inputs(num_layers, num_units, input_size, rnn_mode, direction, input_mode, num_proj)
    return to_canonical(xp, params, layout, num_params_weights, num_params_biases)


# -- CudnnRNNCanonicalToParams, CudnnRNNCanonicalToParamsV2 -----------------------


def to_params(xp, layout, weights, biases):
    refuse_skipped(layout)
    for name, given, shapes in (
        ("weights", weights, layout.all_matrices),
        ("biases", biases, layout.all_biases),
    ):
        if len(given) != len(shapes):
            raise invalid(f"Number of {name} mismatch, expect {len(shapes)}, got {len(given)}")
        for array, shape in zip(given, shapes, strict=True):
            # Any shape will do: converters hand over vectors.
            if math.prod(array.shape) != math.prod(shape):
                raise invalid(
                    f"Mismatched size of {name}, expect {math.prod(shape)}, got {math.prod(array.shape)}"
                )
    return xp.concatenate([xp.reshape(array, (-1,)) for array in (*weights, *biases)])


def to_params_shape():
    return (None,)


to_params_first = op("CudnnRNNCanonicalToParams", static=STATIC, without_gpu=True)
to_params_first.shape(to_params_shape)
to_params_first.refuse_gradient()


@to_params_first.kernel
def to_params_first_kernel(
    xp, num_layers, num_units, input_size, weights, biases, *, rnn_mode, input_mode, direction
):
    layout = layout_from_inputs(num_layers, num_units, input_size, rnn_mode, direction, input_mode)
    return to_params(xp, layout, weights, biases)


to_params_second = op("CudnnRNNCanonicalToParamsV2", static=STATIC, without_gpu=True)
to_params_second.shape(to_params_shape)
to_params_second.refuse_gradient()


@to_params_second.kernel
def to_params_second_kernel(
    xp, num_layers, num_units, input_size, weights, biases, *, rnn_mode, input_mode, direction, num_proj
):
    layout = layout_from_inputs(num_layers, num_units, input_size, rnn_mode, direction, input_mode, num_proj)
    return to_params(xp, layout, weights, biases)
