"""cuDNN's networks as functions of inputs, states and the vector of parameters."""

from __future__ import annotations

import os
from typing import Any

from perdure.functional.array.array import fill
from perdure.functional.array.array import shape as shape_op
from perdure.functional.random.random import get_seed
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.tensor import Tensor

CUDNN_RNN_UNIDIRECTION = "unidirectional"
CUDNN_RNN_BIDIRECTION = "bidirectional"
CUDNN_LSTM = "lstm"
CUDNN_GRU = "gru"
CUDNN_RNN_RELU = "rnn_relu"
CUDNN_RNN_TANH = "rnn_tanh"
CUDNN_INPUT_LINEAR_MODE = "linear_input"
CUDNN_INPUT_SKIP_MODE = "skip_input"
CUDNN_INPUT_AUTO_MODE = "auto_select"

# How many matrices, and how many biases, a layer has in each direction.
CUDNN_LSTM_PARAMS_PER_LAYER = 8
CUDNN_GRU_PARAMS_PER_LAYER = 6
CUDNN_RNN_TANH_PARAMS_PER_LAYER = 2
CUDNN_RNN_RELU_PARAMS_PER_LAYER = 2
PARAMS_PER_LAYER = {
    CUDNN_LSTM: CUDNN_LSTM_PARAMS_PER_LAYER,
    CUDNN_GRU: CUDNN_GRU_PARAMS_PER_LAYER,
    CUDNN_RNN_RELU: CUDNN_RNN_RELU_PARAMS_PER_LAYER,
    CUDNN_RNN_TANH: CUDNN_RNN_TANH_PARAMS_PER_LAYER,
}


def check_direction(direction: str) -> None:
    """Refuse a direction that there is not.

    Raises:
        ValueError: another one.
    """
    if direction not in (CUDNN_RNN_UNIDIRECTION, CUDNN_RNN_BIDIRECTION):
        raise ValueError(
            f"Invalid direction: {direction}, expecting {CUDNN_RNN_UNIDIRECTION} or {CUDNN_RNN_BIDIRECTION}"
        )


def check_input_mode(input_mode: str) -> None:
    """Refuse a way of the inputs into the first layer that there is not.

    Raises:
        ValueError: another one.
    """
    modes = (CUDNN_INPUT_LINEAR_MODE, CUDNN_INPUT_SKIP_MODE, CUDNN_INPUT_AUTO_MODE)
    if input_mode not in modes:
        raise ValueError(f"Invalid input_mode: {input_mode}, expect one of ({', '.join(modes)})")


def _checked(rnn_mode: str, input_mode: str, direction: str, dropout: Any, seed: Any) -> dict[str, Any]:
    """The attributes that all ops have."""
    modes = (CUDNN_LSTM, CUDNN_GRU, CUDNN_RNN_TANH, CUDNN_RNN_RELU)
    if rnn_mode not in modes:
        raise ValueError(f"Invalid rnn_mode: {rnn_mode}, expect one of ({', '.join(modes)})")
    check_direction(direction)
    check_input_mode(input_mode)
    first, second = get_seed(seed)
    return {
        "rnn_mode": rnn_mode,
        "input_mode": input_mode,
        "direction": direction,
        "dropout": dropout,
        "seed": first or 0,
        "seed2": second or 0,
    }


def params_count(rnn_mode: str, num_layers: int, direction: str) -> int:
    """How many matrices, and how many biases, a network has.

    Args:
        rnn_mode, num_layers, direction: as of `cudnn_rnn`.
    """
    return num_layers * PARAMS_PER_LAYER[rnn_mode] * (1 if direction == CUDNN_RNN_UNIDIRECTION else 2)


def cudnn_rnn(
    inputs: Any,
    input_h: Any,
    input_c: Any,
    params: Any,
    is_training: bool,
    rnn_mode: str,
    sequence_lengths: Any = None,
    time_major: bool = True,
    input_mode: str = CUDNN_INPUT_LINEAR_MODE,
    direction: str = CUDNN_RNN_UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> Any:
    """A network over a whole sequence.

    Args:
        inputs: (steps, batch, size), or with the batch first.
        input_h: the states before the first step, (layers * directions, batch, units), or with the batch
            first.
        input_c: the cells before it, likewise; only a long short-term memory has some.
        params: the vector of parameters.
        is_training: whether there will be gradients, and dropout.
        rnn_mode: "lstm", "gru", "rnn_relu" or "rnn_tanh".
        sequence_lengths: int32 (batch,), how many steps each example has; all if None.
        time_major: whether time comes first.
        input_mode: "linear_input"; "skip_input": the inputs go into all gates as they are; "auto_select":
            that, if the sizes are equal.
        direction: "unidirectional" or "bidirectional".
        dropout: the probability that a number between two layers becomes 0.
        seed: the seed of the dropout.
        num_proj: the size to which what is put out is projected.
        name: the name of the node.

    Returns:
        The outputs, both directions side by side, the last states and the last cells.

    Raises:
        ValueError: an unknown mode or direction.
    """
    attrs = _checked(rnn_mode, input_mode, direction, dropout, seed)
    attrs["is_training"] = is_training
    values = (inputs, input_h, input_c, params)
    if sequence_lengths is None and (time_major is False or num_proj):
        batch_axis, time_axis = (1, 0) if time_major else (0, 1)
        batch_size = shape_op(inputs)[batch_axis]
        sequence_lengths = fill([batch_size], shape_op(inputs)[time_axis])
    if sequence_lengths is not None:
        found = g.cudnn_rnn_v3(
            *values, sequence_lengths, time_major=time_major, num_proj=num_proj or 0, name=name, **attrs
        )
    elif os.environ.get("TF_CUDNN_RNN_USE_V2", "0") == "1":
        found = g.cudnn_rnn_v2(*values, name=name, **attrs)
    else:
        found = g.cudnn_rnn(*values, name=name, **attrs)
    return tuple(found[:3])


def cudnn_lstm(
    inputs: Any,
    input_h: Any,
    input_c: Any,
    params: Any,
    is_training: bool,
    sequence_lengths: Any = None,
    time_major: bool = True,
    input_mode: str = CUDNN_INPUT_LINEAR_MODE,
    direction: str = CUDNN_RNN_UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> Any:
    """`cudnn_rnn` of long short-term memories.

    Args:
        inputs, input_h, input_c, params, is_training, sequence_lengths, time_major, input_mode, direction,
        dropout,
            seed, num_proj, name: as there.
    """
    return cudnn_rnn(
        inputs,
        input_h,
        input_c,
        params,
        is_training,
        CUDNN_LSTM,
        sequence_lengths,
        time_major,
        input_mode,
        direction,
        dropout,
        seed,
        num_proj,
        name,
    )


def without_cells(
    rnn_mode: str, inputs: Any, input_h: Any, params: Any, is_training: bool, **options: Any
) -> Any:
    """`cudnn_rnn` of a network that has no cells: outputs and last states.

    Args:
        rnn_mode, inputs, input_h, params, is_training, **options: as there.
    """
    no_cells = constant([], dtype=input_h.dtype)
    return cudnn_rnn(inputs, input_h, no_cells, params, is_training, rnn_mode, **options)[:2]


def cudnn_gru(
    inputs: Any,
    input_h: Any,
    params: Any,
    is_training: bool,
    sequence_lengths: Any = None,
    time_major: bool = True,
    input_mode: str = CUDNN_INPUT_LINEAR_MODE,
    direction: str = CUDNN_RNN_UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    name: str | None = None,
) -> Any:
    """`cudnn_rnn` of gated recurrent units: outputs and last states.

    Args:
        inputs, input_h, params, is_training, sequence_lengths, time_major, input_mode, direction, dropout,
        seed,
            name: as there.
    """
    return without_cells(
        CUDNN_GRU,
        inputs,
        input_h,
        params,
        is_training,
        sequence_lengths=sequence_lengths,
        time_major=time_major,
        input_mode=input_mode,
        direction=direction,
        dropout=dropout,
        seed=seed,
        name=name,
    )


def cudnn_rnn_relu(
    inputs: Any,
    input_h: Any,
    params: Any,
    is_training: bool,
    input_mode: str = CUDNN_INPUT_LINEAR_MODE,
    direction: str = CUDNN_RNN_UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    sequence_lengths: Any = None,
    time_major: bool = True,
    name: str | None = None,
) -> Any:
    """`cudnn_rnn` of rectified units: outputs and last states.

    Args:
        inputs, input_h, params, is_training, input_mode, direction, dropout, seed, sequence_lengths,
        time_major,
            name: as there.
    """
    return without_cells(
        CUDNN_RNN_RELU,
        inputs,
        input_h,
        params,
        is_training,
        sequence_lengths=sequence_lengths,
        time_major=time_major,
        input_mode=input_mode,
        direction=direction,
        dropout=dropout,
        seed=seed,
        name=name,
    )


def cudnn_rnn_tanh(
    inputs: Any,
    input_h: Any,
    params: Any,
    is_training: bool,
    sequence_lengths: Any = None,
    time_major: bool = True,
    input_mode: str = CUDNN_INPUT_LINEAR_MODE,
    direction: str = CUDNN_RNN_UNIDIRECTION,
    dropout: float = 0.0,
    seed: int | None = 0,
    name: str | None = None,
) -> Any:
    """`cudnn_rnn` of tanh units: outputs and last states.

    Args:
        inputs, input_h, params, is_training, sequence_lengths, time_major, input_mode, direction, dropout,
        seed,
            name: as there.
    """
    return without_cells(
        CUDNN_RNN_TANH,
        inputs,
        input_h,
        params,
        is_training,
        sequence_lengths=sequence_lengths,
        time_major=time_major,
        input_mode=input_mode,
        direction=direction,
        dropout=dropout,
        seed=seed,
        name=name,
    )


def cudnn_rnn_opaque_params_to_canonical(
    rnn_mode: str,
    num_layers: int,
    num_units: int,
    input_size: int,
    params: Any,
    input_mode: str = CUDNN_INPUT_LINEAR_MODE,
    direction: str = CUDNN_RNN_UNIDIRECTION,
    dropout: float = 0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> tuple[list[Tensor], list[Tensor]]:
    """The matrices and the biases that a vector of parameters is made of.

    Args:
        num_layers, num_units, input_size: the sizes of the network.
        params: the vector.
        rnn_mode, input_mode, direction, dropout, seed, num_proj, name: as of `cudnn_rnn`.
    """
    attrs = _checked(rnn_mode, input_mode, direction, dropout, seed)
    count, sizes = params_count(rnn_mode, num_layers, direction), (num_layers, num_units, input_size)
    if num_proj:
        projections = num_layers * (1 if direction == CUDNN_RNN_UNIDIRECTION else 2)
        found = g.cudnn_rnn_params_to_canonical_v2(
            *sizes,
            params,
            num_params_weights=count + projections,
            num_params_biases=count,
            num_proj=num_proj,
            name=name,
            **attrs,
        )
    else:
        found = g.cudnn_rnn_params_to_canonical(*sizes, params, num_params=count, name=name, **attrs)
    return found[0], found[1]


def cudnn_rnn_canonical_to_opaque_params(
    rnn_mode: str,
    num_layers: int,
    num_units: int,
    input_size: int,
    weights: Any,
    biases: Any,
    input_mode: str = CUDNN_INPUT_LINEAR_MODE,
    direction: str = CUDNN_RNN_UNIDIRECTION,
    dropout: float = 0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> Tensor:
    """The vector of parameters that is made of matrices and biases.

    Args:
        num_layers, num_units, input_size: the sizes of the network.
        weights, biases: lists of the matrices and of the biases.
        rnn_mode, input_mode, direction, dropout, seed, num_proj, name: as of `cudnn_rnn`.
    """
    attrs = _checked(rnn_mode, input_mode, direction, dropout, seed)
    values = (num_layers, num_units, input_size, weights, biases)
    if num_proj:
        return g.cudnn_rnn_canonical_to_params_v2(*values, num_proj=num_proj, name=name, **attrs)
    return g.cudnn_rnn_canonical_to_params(*values, name=name, **attrs)


def cudnn_rnn_opaque_params_size(
    rnn_mode: str,
    num_layers: int,
    num_units: int,
    input_size: int,
    input_mode: str = CUDNN_INPUT_LINEAR_MODE,
    direction: str = CUDNN_RNN_UNIDIRECTION,
    dtype: Any = dtypes.float32,
    dropout: float = 0,
    seed: int | None = 0,
    num_proj: int | None = None,
    name: str | None = None,
) -> Tensor:
    """How many numbers a vector of parameters has, an int32 scalar.

    Args:
        num_layers, num_units, input_size: the sizes of the network.
        dtype: the type of the parameters.
        rnn_mode, input_mode, direction, dropout, seed, num_proj, name: as of `cudnn_rnn`.
    """
    attrs = _checked(rnn_mode, input_mode, direction, dropout, seed)
    size = g.cudnn_rnn_params_size(
        num_layers, num_units, input_size, T=dtype, S=dtypes.int32, num_proj=num_proj or 0, name=name, **attrs
    )
    return size[0]
