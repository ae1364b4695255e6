"""Layers of networks that read both ways, one above the other."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.joining import concat
from perdure.rnn.dynamic import bidirectional_dynamic_rnn
from perdure.rnn.static import static_bidirectional_rnn
from perdure.variables.variable_scope import variable_scope


def stack_bidirectional_rnn(
    cells_fw: Any,
    cells_bw: Any,
    inputs: Any,
    initial_states_fw: Any = None,
    initial_states_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> Any:
    """Unrolled layers, each of which is given what the one below read both ways.

    Args:
        cells_fw, cells_bw: lists of the cells of both directions, one a layer.
        inputs: a list with an input (batch, size) for each step.
        initial_states_fw, initial_states_bw: lists of the states before the first step; zeros if None.
        dtype: the type of the zeros.
        sequence_length: int (batch,), how many steps each example has.
        scope: the variable scope, "stack_bidirectional_rnn" by default.

    Returns:
        The outputs of the last layer, both directions side by side, and a tuple of the last states of each
        direction.

    Raises:
        ValueError: the lists are none, empty, or of different lengths.
    """
    layers = _layers(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states: list[tuple[Any, Any]] = []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (cell_fw, cell_bw, state_fw, state_bw) in enumerate(layers):
            with variable_scope(f"cell_{i}") as layer_scope:
                inputs, *last = static_bidirectional_rnn(
                    cell_fw,
                    cell_bw,
                    inputs,
                    initial_state_fw=state_fw,
                    initial_state_bw=state_bw,
                    sequence_length=sequence_length,
                    dtype=dtype,
                    scope=layer_scope,
                )
            states.append((last[0], last[1]))
    return (inputs, *zip(*states, strict=True))


def stack_bidirectional_dynamic_rnn(
    cells_fw: Any,
    cells_bw: Any,
    inputs: Any,
    initial_states_fw: Any = None,
    initial_states_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> Any:
    """Layers that are loops, each of which is given what the one below read both ways.

    Args:
        cells_fw, cells_bw: lists of the cells of both directions, one a layer.
        inputs: (batch, steps, size).
        initial_states_fw, initial_states_bw: lists of the states before the first step; zeros if None.
        dtype: the type of the zeros.
        sequence_length: int (batch,), how many steps each example has.
        parallel_iterations, swap_memory: as of `tf.while_loop`.
        time_major: whether inputs and outputs are (steps, batch, size).
        scope: the variable scope, "stack_bidirectional_rnn" by default.

    Returns:
        The outputs of the last layer, both directions side by side, and a tuple of the last states of each
        direction.

    Raises:
        ValueError: the lists are none, empty, or of different lengths.
    """
    layers = _layers(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states: list[tuple[Any, Any]] = []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (cell_fw, cell_bw, state_fw, state_bw) in enumerate(layers):
            with variable_scope(f"cell_{i}"):
                outputs, last = bidirectional_dynamic_rnn(
                    cell_fw,
                    cell_bw,
                    inputs,
                    initial_state_fw=state_fw,
                    initial_state_bw=state_bw,
                    sequence_length=sequence_length,
                    parallel_iterations=parallel_iterations,
                    dtype=dtype,
                    swap_memory=swap_memory,
                    time_major=time_major,
                )
                inputs = concat(outputs, 2)
            states.append(last)
    return (inputs, *zip(*states, strict=True))


def _layers(cells_fw: Any, cells_bw: Any, states_fw: Any, states_bw: Any) -> list[tuple[Any, Any, Any, Any]]:
    """For each layer its cells and their first states."""
    if not cells_fw:
        raise ValueError("Must specify at least one fw cell for BidirectionalRNN.")
    if not cells_bw:
        raise ValueError("Must specify at least one bw cell for BidirectionalRNN.")
    for name, cells in (("cells_fw", cells_fw), ("cells_bw", cells_bw)):
        if not isinstance(cells, list):
            raise ValueError(f"{name} must be a list of RNNCells (one per layer).")
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for name, states in (("initial_states_fw", states_fw), ("initial_states_bw", states_bw)):
        if states is not None and (not isinstance(states, list) or len(states) != len(cells_fw)):
            raise ValueError(f"{name} must be a list of state tensors (one per layer).")
    nothing = [None] * len(cells_fw)
    return list(zip(cells_fw, cells_bw, states_fw or nothing, states_bw or nothing, strict=True))
