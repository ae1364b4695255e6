"""cuDNN's recurrent networks, computed anywhere: layers of one or two directions over whole sequences.

Formulas: NVIDIA's cuDNN developer guide, `cudnnRNNMode_t`.  Layout of parameters: `cudnn_parameters.py`.
    What the
gradient needs of a step (gates, states before it, masks of the dropout) is in `reserve_space`, whose layout
is ours.
"""

import math
from typing import NamedTuple

import numpy as np

from perdure.arrays import philox
from perdure.graph.shapes import format_shape, with_rank
from perdure.ops.checks import invalid
from perdure.ops.nn.cudnn_parameters import Layout, layout_of, pieces, require_size
from perdure.ops.nn.recurrent import sigmoid, wide
from perdure.ops.registry import op
from perdure.ops.traits import RECURRENCE

# -- a network --------------------------------------------------------------------


class Part(NamedTuple):
    """The weights of a layer in one direction, of all gates together.

    Attributes:
        inputs: (gates * units, width); None: the inputs go into all gates as they are.
        states: (gates * units, shown).
        projection: (projected, units), or None.
        input_bias, state_bias: (gates * units,).
    """

    inputs: object
    states: object
    projection: object
    input_bias: object
    state_bias: object


class Network(NamedTuple):
    """A network and what it is given, time first."""

    layout: Layout
    parts: list
    input: object
    first_h: object
    first_c: object
    is_valid: object


def parts_of(params, layout):
    rows, found = layout.gates * layout.units, []
    for layer in layout.parts:
        on_inputs = 0 if layout.skips and layer == 0 else rows
        shapes = [(on_inputs, layout.width(layer)), (rows, layout.shown)]
        found.append([*shapes, (layout.projected, layout.units)])
    matrices, rest = pieces(params, [shape for shapes in found for shape in shapes])
    biases, _ = pieces(rest, [(rows,)] * (2 * len(found)))
    return [
        Part(
            matrices[3 * i] if matrices[3 * i].shape[0] else None,
            matrices[3 * i + 1],
            matrices[3 * i + 2] if layout.projected else None,
            biases[2 * i],
            biases[2 * i + 1],
        )
        for i in range(len(found))
    ]


def network_of(
    xp, input, input_h, input_c, params, attrs, sequence_lengths=None, num_proj=0, time_major=True
):
    """A network from the inputs of an op, in at least float32.

    Raises:
        InvalidArgumentError: shapes do not fit each other.
    """
    mode, direction = attrs["rnn_mode"], attrs["direction"]
    is_memory = mode == "lstm"
    if input.ndim != 3:
        raise invalid("RNN input must be a 3-D vector.")
    if input_h.ndim != 3:
        raise invalid("RNN input_h must be a 3-D vector.")
    input, input_h, input_c, params = wide(input, input_h, input_c, params)
    if not time_major:
        input, input_h = xp.swapaxes(input, 0, 1), xp.swapaxes(input_h, 0, 1)
        input_c = xp.swapaxes(input_c, 0, 1) if is_memory else input_c
    steps, batch_size, width = input.shape
    directions = 1 if direction == "unidirectional" else 2
    units = input_c.shape[2] if is_memory and num_proj and input_c.ndim == 3 else input_h.shape[2]
    layers = input_h.shape[0] // directions
    layout = layout_of(mode, layers, units, width, direction, attrs["input_mode"], num_proj)
    wanted = (layers * directions, batch_size, layout.shown)
    if input_h.shape != wanted:
        raise invalid(f"Invalid input_h shape: {format_shape(input_h.shape)} {format_shape(wanted)}")
    cells = (*wanted[:2], units)
    if is_memory and input_c.shape != cells:
        raise invalid(f"Invalid input_c shape: {format_shape(input_c.shape)} {format_shape(cells)}")
    require_size(params, layout)
    is_valid = None
    if sequence_lengths is not None:
        if sequence_lengths.shape != (batch_size,):
            raise invalid(
                f"sequence_lengths must have shape {format_shape((batch_size,))}, but has "
                f"{format_shape(sequence_lengths.shape)}"
            )
        xp.require(
            xp.all((sequence_lengths >= 0) & (sequence_lengths <= steps)),
            lambda: f"sequence_lengths must be between 0 and {steps}, but are {sequence_lengths}",
        )
        is_valid = (xp.arange(steps)[:, None] < sequence_lengths)[:, :, None]
    return Network(layout, parts_of(params, layout), input, input_h, input_c, is_valid)


def kept_shapes(layout, steps, batch_size):
    """The shapes of what is kept of a part's steps, after the state before each of them."""
    cells = (steps, batch_size, layout.units)
    counts = {"lstm": 6, "gru": 4, "rnn_relu": 1, "rnn_tanh": 1}
    return [(steps, batch_size, layout.shown)] + [cells] * counts[layout.mode]


def forward_step(xp, layout, part, sums, h, c):
    """One step of a part: the next state, the next cells, and what is kept for its gradient."""
    recurrent = h @ part.states.T + part.state_bias
    if layout.mode == "lstm":
        i, f, g, o = xp.split(sums + recurrent, 4, axis=1)
        i, f, g, o = sigmoid(xp, i), sigmoid(xp, f), xp.tanh(g), sigmoid(xp, o)
        new_c = f * c + i * g
        new_h = o * xp.tanh(new_c)
        if part.projection is not None:
            new_h = new_h @ part.projection.T
        return new_h, new_c, (i, f, g, o, c, new_c)
    if layout.mode == "gru":
        (r, u, n), (of_r, of_u, of_n) = xp.split(sums, 3, axis=1), xp.split(recurrent, 3, axis=1)
        r, u = sigmoid(xp, r + of_r), sigmoid(xp, u + of_u)
        n = xp.tanh(n + r * of_n)
        return (1 - u) * n + u * h, c, (r, u, n, of_n)
    total = sums + recurrent
    new_h = xp.tanh(total) if layout.mode == "rnn_tanh" else xp.maximum(total, 0)
    return new_h, c, (new_h,)


def backward_step(xp, layout, part, kept, h, d_h, d_c):
    """The gradient of a step.

    Returns:
        Those of the state and cells before it, of what came from inputs and from states into the gates, and
        of what was put out before the projection (None without one).
    """
    shown = None
    if layout.mode == "lstm":
        i, f, g, o, c, new_c = kept
        if part.projection is not None:
            d_h = d_h @ part.projection
        t = xp.tanh(new_c)
        shown = o * t
        d_c = d_c + d_h * o * (1 - t * t)
        sums = xp.concatenate(
            [
                d_c * g * i * (1 - i),
                d_c * c * f * (1 - f),
                d_c * i * (1 - g * g),
                d_h * t * o * (1 - o),
            ],
            axis=1,
        )
        return sums @ part.states, d_c * f, sums, sums, shown
    if layout.mode == "gru":
        r, u, n, of_n = kept
        d_n = d_h * (1 - u) * (1 - n * n)
        d_u = d_h * (h - n) * u * (1 - u)
        d_r = d_n * of_n * r * (1 - r)
        recurrent = xp.concatenate([d_r, d_u, d_n * r], axis=1)
        before = d_h * u + recurrent @ part.states
        return before, d_c, xp.concatenate([d_r, d_u, d_n], axis=1), recurrent, shown
    (new_h,) = kept
    sums = d_h * (1 - new_h * new_h if layout.mode == "rnn_tanh" else (new_h > 0).astype(new_h.dtype))
    return sums @ part.states, d_c, sums, sums, shown


def gate_sums(xp, layout, part, x):
    """What comes from the inputs of all steps into the gates."""
    if part.inputs is None:
        return xp.concatenate([x] * layout.gates, axis=2) + part.input_bias
    steps, batch_size, width = x.shape
    sums = x.reshape(-1, width) @ part.inputs.T + part.input_bias
    return sums.reshape(steps, batch_size, -1)


def run(xp, network, masks):
    """The outputs of a network, its last states and cells, and all that is kept of its steps."""
    layout, x = network.layout, network.input
    steps, batch_size, _ = x.shape
    all_valid = xp.ones((steps, batch_size, 1), bool)
    is_valid = all_valid if network.is_valid is None else network.is_valid
    last_h, last_c, kept = [], [], []
    for layer in range(layout.layers):
        if layer and masks is not None:
            x = x * masks[layer - 1]
        if layer:
            kept.append(x)
        outputs = []
        for direction in range(layout.directions):
            index = layer * layout.directions + direction
            part = network.parts[index]
            h = network.first_h[index]
            c = network.first_c[index] if layout.mode == "lstm" else xp.zeros((), x.dtype)

            def step(carry, row, part=part):
                h, c = carry
                sums, valid = row
                new_h, new_c, more = forward_step(xp, layout, part, sums, h, c)
                if network.is_valid is not None:
                    shown = xp.where(valid, new_h, 0)
                    new_h = xp.where(valid, new_h, h)
                    new_c = xp.where(valid, new_c, c) if layout.mode == "lstm" else new_c
                else:
                    shown = new_h
                return (new_h, new_c), (shown, h, *more)

            (h, c), rows = xp.scan(
                step, (h, c), (gate_sums(xp, layout, part, x), is_valid), steps, reverse=direction == 1
            )
            outputs.append(rows[0])
            kept.extend(rows[1:])
            last_h.append(h)
            last_c.append(c)
        x = outputs[0] if len(outputs) == 1 else xp.concatenate(outputs, axis=2)
    return x, xp.stack(last_h), xp.stack(last_c), kept


def reserved_shapes(layout, steps, batch_size, has_masks):
    """The shapes of what is kept, in its order: masks of all layers but the first, then layer by layer."""
    between = (steps, batch_size, layout.shown * layout.directions)
    shapes = [between] * (layout.layers - 1) if has_masks else []
    for layer in range(layout.layers):
        shapes += [between] if layer else []
        shapes += kept_shapes(layout, steps, batch_size) * layout.directions
    return shapes


# -- CudnnRNN, CudnnRNNV2, CudnnRNNV3 ---------------------------------------------


def masks_of(xp, network, dropout, rng):
    """For each layer but the first what its inputs are multiplied with, as one array."""
    layout = network.layout
    shape = (layout.layers - 1, *network.input.shape[:2], layout.shown * layout.directions)
    size = math.prod(shape)
    key, counter = rng.reserve(size * philox.RESERVED_BLOCKS)
    drawn = xp.random_uniform(key, counter, size, np.float32).reshape(shape)
    return (drawn >= dropout).astype(network.input.dtype) / network.input.dtype.type(1 - dropout)


def forward(xp, network, dtype, attrs, rng, time_major=True):
    has_masks = attrs["is_training"] and attrs["dropout"] > 0 and network.layout.layers > 1
    masks = masks_of(xp, network, attrs["dropout"], rng) if has_masks else None
    outputs, last_h, last_c, kept = run(xp, network, masks)
    reserve = xp.zeros((0,), outputs.dtype)
    if attrs["is_training"]:
        arrays = [*(masks if has_masks else ()), *kept]
        reserve = xp.concatenate([xp.reshape(array, (-1,)) for array in arrays])
    if network.layout.mode != "lstm":
        last_c = xp.zeros((), outputs.dtype)
    if not time_major:
        outputs, last_h = xp.swapaxes(outputs, 0, 1), xp.swapaxes(last_h, 0, 1)
        last_c = xp.swapaxes(last_c, 0, 1) if network.layout.mode == "lstm" else last_c
    return [array.astype(dtype) for array in (outputs, last_h, last_c, reserve)]


def forward_shapes(input, input_h, output_c, rnn_mode, direction):
    first, second, _ = with_rank(input, 3)
    units = None if input_h is None else with_rank(input_h, 3)[2]
    if units is not None and direction == "bidirectional":
        units = 2 * units
    return [(first, second, units), input_h, output_c if rnn_mode == "lstm" else (), None]


def gradient_of(g, backprop, op_type, values, outputs, gradients, is_training, attrs, more=()):
    if not is_training:
        raise ValueError(f"To use {op_type} in gradients, is_training must be set to True.")
    found = backprop(*values, *outputs, *gradients, *more, **attrs)
    return dict(zip(("input", "input_h", "input_c", "params"), found, strict=True))


cudnn_rnn = op("CudnnRNN", work=RECURRENCE, draws=True, without_gpu=True)


@cudnn_rnn.shape
def cudnn_rnn_shape(input, input_h, *, rnn_mode, direction):
    return forward_shapes(input, input_h, input_h, rnn_mode, direction)


@cudnn_rnn.kernel
def cudnn_rnn_kernel(
    xp, input, input_h, input_c, params, *, rnn_mode, input_mode, direction, dropout, is_training, rng
):
    attrs = {"rnn_mode": rnn_mode, "input_mode": input_mode, "direction": direction}
    network = network_of(xp, input, input_h, input_c, params, attrs)
    return forward(xp, network, input.dtype, {"dropout": dropout, "is_training": is_training}, rng)


@cudnn_rnn.gradient
def cudnn_rnn_gradient(
    g, d_output, d_output_h, d_output_c, input, input_h, input_c, params, output, output_h, output_c,
    reserve_space, *, rnn_mode, input_mode, direction, dropout, seed, seed2, is_training,
):  # fmt: skip
    attrs = {
        "rnn_mode": rnn_mode, "input_mode": input_mode, "direction": direction, "dropout": dropout,
        "seed": seed, "seed2": seed2,
    }  # fmt: skip
    values, outputs = (input, input_h, input_c, params), (output, output_h, output_c)
    gradients = (d_output, d_output_h, d_output_c)
    return gradient_of(
        g, g.cudnn_rnn_backprop, "CudnnRNN", values, outputs, gradients, is_training, attrs, (reserve_space,)
    )


cudnn_rnn_v2 = op("CudnnRNNV2", work=RECURRENCE, draws=True, without_gpu=True)


@cudnn_rnn_v2.shape
def cudnn_rnn_v2_shape(input, input_h, *, rnn_mode, direction):
    return [*forward_shapes(input, input_h, input_h, rnn_mode, direction), None]


@cudnn_rnn_v2.kernel
def cudnn_rnn_v2_kernel(
    xp, input, input_h, input_c, params, *, rnn_mode, input_mode, direction, dropout, is_training, rng
):
    attrs = {"rnn_mode": rnn_mode, "input_mode": input_mode, "direction": direction}
    network = network_of(xp, input, input_h, input_c, params, attrs)
    found = forward(xp, network, input.dtype, {"dropout": dropout, "is_training": is_training}, rng)
    return [*found, np.zeros(0, np.int8)]


@cudnn_rnn_v2.gradient
def cudnn_rnn_v2_gradient(
    g, d_output, d_output_h, d_output_c, input, input_h, input_c, params, output, output_h, output_c,
    reserve_space, host_reserved,
    *, rnn_mode, input_mode, direction, dropout, seed, seed2, is_training,
):  # fmt: skip
    attrs = {
        "rnn_mode": rnn_mode, "input_mode": input_mode, "direction": direction, "dropout": dropout,
        "seed": seed, "seed2": seed2,
    }  # fmt: skip
    values, outputs = (input, input_h, input_c, params), (output, output_h, output_c)
    gradients, more = (d_output, d_output_h, d_output_c), (reserve_space, host_reserved)
    return gradient_of(
        g, g.cudnn_rnn_backprop_v2, "CudnnRNNV2", values, outputs, gradients, is_training, attrs, more
    )


cudnn_rnn_v3 = op("CudnnRNNV3", work=RECURRENCE, draws=True, without_gpu=True)


@cudnn_rnn_v3.shape
def cudnn_rnn_v3_shape(input, input_h, input_c, sequence_lengths, *, rnn_mode, direction):
    with_rank(sequence_lengths, 1)
    return [*forward_shapes(input, input_h, input_c, rnn_mode, direction), None]


@cudnn_rnn_v3.kernel
def cudnn_rnn_v3_kernel(
    xp, input, input_h, input_c, params, sequence_lengths,
    *, rnn_mode, input_mode, direction, dropout, num_proj, is_training, time_major, rng,
):  # fmt: skip
    attrs = {"rnn_mode": rnn_mode, "input_mode": input_mode, "direction": direction}
    network = network_of(xp, input, input_h, input_c, params, attrs, sequence_lengths, num_proj, time_major)
    options = {"dropout": dropout, "is_training": is_training}
    return [*forward(xp, network, input.dtype, options, rng, time_major), np.zeros(0, np.int8)]


@cudnn_rnn_v3.gradient
def cudnn_rnn_v3_gradient(
    g, d_output, d_output_h, d_output_c, input, input_h, input_c, params, sequence_lengths, output, output_h,
    output_c, reserve_space, host_reserved,
    *, rnn_mode, input_mode, direction, dropout, seed, seed2, num_proj, is_training, time_major,
):  # fmt: skip
    attrs = {
        "rnn_mode": rnn_mode, "input_mode": input_mode, "direction": direction, "dropout": dropout,
        "seed": seed, "seed2": seed2, "num_proj": num_proj, "time_major": time_major,
    }  # fmt: skip
    values = (input, input_h, input_c, params, sequence_lengths)
    outputs, gradients = (output, output_h, output_c), (d_output, d_output_h, d_output_c)
    more = (reserve_space, host_reserved)
    return gradient_of(
        g, g.cudnn_rnn_backprop_v3, "CudnnRNNV3", values, outputs, gradients, is_training, attrs, more
    )


# -- CudnnRNNBackprop, CudnnRNNBackpropV2, CudnnRNNBackpropV3 ----------------------


def backward(xp, network, gradients, reserve_space, dropout, dtype, time_major=True):
    """The gradients of inputs, first states, first cells and parameters."""
    layout = network.layout
    d_output, d_last_h, d_last_c, reserve_space = wide(*gradients, reserve_space)
    steps, batch_size, _ = network.input.shape
    has_masks = dropout > 0 and layout.layers > 1
    shapes = reserved_shapes(layout, steps, batch_size, has_masks)
    wanted = sum(map(math.prod, shapes))
    if reserve_space.shape != (wanted,):
        raise invalid(
            f"reserve_space must be that of the forward op, {wanted} numbers, but has shape "
            f"{format_shape(reserve_space.shape)}"
        )
    arrays, _ = pieces(reserve_space, shapes)
    masks, arrays = (arrays[: layout.layers - 1], arrays[layout.layers - 1 :]) if has_masks else ([], arrays)
    is_memory = layout.mode == "lstm"
    if not time_major:
        d_output, d_last_h = xp.swapaxes(d_output, 0, 1), xp.swapaxes(d_last_h, 0, 1)
        d_last_c = xp.swapaxes(d_last_c, 0, 1) if is_memory else d_last_c
    count = len(kept_shapes(layout, steps, batch_size))
    is_valid = xp.ones((steps, batch_size, 1), bool) if network.is_valid is None else network.is_valid
    d_matrices, d_biases, d_first_h, d_first_c = {}, {}, {}, {}
    for layer in reversed(range(layout.layers)):
        start = layer * count * layout.directions + max(layer - 1, 0)
        x = arrays[start] if layer else network.input
        start += 1 if layer else 0
        d_x = 0
        for direction in range(layout.directions):
            index = layer * layout.directions + direction
            part = network.parts[index]
            h_before, *kept = arrays[start + direction * count : start + (direction + 1) * count]
            shown = slice(direction * layout.shown, (direction + 1) * layout.shown)

            def step(carry, row, part=part):
                d_h, d_c = carry
                d_shown, valid, h, *kept = row
                d_new = d_h + d_shown
                before_h, before_c, sums, recurrent, unprojected = backward_step(
                    xp, layout, part, kept, h, d_new, d_c
                )
                rows = (sums, recurrent) if unprojected is None else (sums, recurrent, d_new, unprojected)
                if network.is_valid is not None:
                    before_h = xp.where(valid, before_h, d_h)
                    before_c = xp.where(valid, before_c, d_c) if is_memory else before_c
                    rows = tuple(xp.where(valid, row, 0) for row in rows)
                return (before_h, before_c), rows

            first = (d_last_h[index], d_last_c[index] if is_memory else xp.zeros((), x.dtype))
            rows = (d_output[:, :, shown], is_valid, h_before, *kept)
            (d_first_h[index], d_first_c[index]), found = xp.scan(
                step, first, rows, steps, reverse=direction == 0
            )
            sums, recurrent = found[0], found[1]
            flat, flat_recurrent = (a.reshape(steps * batch_size, -1) for a in (sums, recurrent))
            matrices = [flat_recurrent.T @ h_before.reshape(steps * batch_size, -1)]
            if part.inputs is None:
                d_x = d_x + xp.sum(xp.stack(xp.split(sums, layout.gates, axis=2)), axis=0)
            else:
                matrices.insert(0, flat.T @ x.reshape(steps * batch_size, -1))
                d_x = d_x + (flat @ part.inputs).reshape(x.shape)
            if part.projection is not None:
                d_shown, unprojected = (a.reshape(steps * batch_size, -1) for a in found[2:])
                matrices.append(d_shown.T @ unprojected)
            d_matrices[index] = matrices
            d_biases[index] = [xp.sum(flat, axis=0), xp.sum(flat_recurrent, axis=0)]
        d_output = d_x * masks[layer - 1] if layer and has_masks else d_x
    parts = range(len(layout.parts))
    all_of = [array for i in parts for array in d_matrices[i]] + [b for i in parts for b in d_biases[i]]
    d_params = xp.concatenate([xp.reshape(array, (-1,)) for array in all_of])
    d_h = xp.stack([d_first_h[i] for i in parts])
    d_c = xp.stack([d_first_c[i] for i in parts]) if is_memory else xp.zeros_like(network.first_c)
    d_input = d_output
    if not time_major:
        d_input, d_h = xp.swapaxes(d_input, 0, 1), xp.swapaxes(d_h, 0, 1)
        d_c = xp.swapaxes(d_c, 0, 1) if is_memory else d_c
    return [array.astype(dtype) for array in (d_input, d_h, d_c, d_params)]


def backprop_shapes(input, input_h, input_c, params):
    return [input, input_h, input_c, params]


cudnn_rnn_backprop = op("CudnnRNNBackprop", work=RECURRENCE, without_gpu=True)
cudnn_rnn_backprop.shape(backprop_shapes)
cudnn_rnn_backprop.refuse_gradient()


@cudnn_rnn_backprop.kernel
def cudnn_rnn_backprop_kernel(
    xp, input, input_h, input_c, params, output_backprop, output_h_backprop, output_c_backprop, reserve_space,
    *, rnn_mode, input_mode, direction, dropout,
):  # fmt: skip
    attrs = {"rnn_mode": rnn_mode, "input_mode": input_mode, "direction": direction}
    network = network_of(xp, input, input_h, input_c, params, attrs)
    gradients = (output_backprop, output_h_backprop, output_c_backprop)
    return backward(xp, network, gradients, reserve_space, dropout, input.dtype)


cudnn_rnn_backprop_v2 = op("CudnnRNNBackpropV2", work=RECURRENCE, without_gpu=True)
cudnn_rnn_backprop_v2.shape(backprop_shapes)
cudnn_rnn_backprop_v2.refuse_gradient()


@cudnn_rnn_backprop_v2.kernel
def cudnn_rnn_backprop_v2_kernel(
    xp, input, input_h, input_c, params, output_backprop, output_h_backprop, output_c_backprop, reserve_space,
    *, rnn_mode, input_mode, direction, dropout,
):  # fmt: skip
    attrs = {"rnn_mode": rnn_mode, "input_mode": input_mode, "direction": direction}
    network = network_of(xp, input, input_h, input_c, params, attrs)
    gradients = (output_backprop, output_h_backprop, output_c_backprop)
    return backward(xp, network, gradients, reserve_space, dropout, input.dtype)


cudnn_rnn_backprop_v3 = op("CudnnRNNBackpropV3", work=RECURRENCE, without_gpu=True)
cudnn_rnn_backprop_v3.shape(backprop_shapes)
cudnn_rnn_backprop_v3.refuse_gradient()


@cudnn_rnn_backprop_v3.kernel
def cudnn_rnn_backprop_v3_kernel(
    xp, input, input_h, input_c, params, sequence_lengths, output_backprop, output_h_backprop,
    output_c_backprop, reserve_space, *, rnn_mode, input_mode, direction, dropout, num_proj, time_major,
):  # fmt: skip
    attrs = {"rnn_mode": rnn_mode, "input_mode": input_mode, "direction": direction}
    network = network_of(xp, input, input_h, input_c, params, attrs, sequence_lengths, num_proj, time_major)
    gradients = (output_backprop, output_h_backprop, output_c_backprop)
    return backward(xp, network, gradients, reserve_space, dropout, input.dtype, time_major)
