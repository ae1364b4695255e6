"""Networks that take a whole sequence at once, and cells as such networks."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import Any

from perdure.functional.array.joining import stack, unstack
from perdure.functional.array.rearranging import reverse, reverse_sequence
from perdure.rnn.dynamic import dynamic_rnn
from perdure.rnn.static import static_rnn


class FusedRNNCell(metaclass=ABCMeta):
    """A function of a whole sequence."""

    @abstractmethod
    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:
        """The network.

        Args:
            inputs: a tensor (steps, batch, size), or a list with one for each step.
            initial_state: the state before the first step; zeros if None.
            dtype: the type of the zeros.
            sequence_length: int (batch,), how many steps each example has.
            scope: the variable scope.

        Returns:
            The outputs, as the inputs are, and the last state.
        """


class FusedRNNCellAdaptor(FusedRNNCell):
    """A network that applies a cell step by step.

    Args:
        cell: the cell.
        use_dynamic_rnn: whether the steps are a loop.
    """

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False) -> None:
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:
        is_list = isinstance(inputs, list)
        options = {"sequence_length": sequence_length, "initial_state": initial_state, "dtype": dtype}
        if self._use_dynamic_rnn:
            inputs = stack(inputs) if is_list else inputs
            outputs, state = dynamic_rnn(self._cell, inputs, time_major=True, scope=scope, **options)
            return unstack(outputs) if is_list else outputs, state
        inputs = inputs if is_list else unstack(inputs)
        outputs, state = static_rnn(self._cell, inputs, scope=scope, **options)
        return outputs if is_list else stack(outputs), state


class TimeReversedFusedRNN(FusedRNNCell):
    """A network that is given its sequence from the end.

    Args:
        cell: the network, as `FusedRNNCell`.
    """

    def __init__(self, cell: Any) -> None:
        self._cell = cell

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:
        outputs, state = self._cell(
            _turned(inputs, sequence_length),
            initial_state=initial_state,
            dtype=dtype,
            sequence_length=sequence_length,
            scope=scope,
        )
        return _turned(outputs, sequence_length), state


def _turned(sequence: Any, lengths: Any) -> Any:
    """A sequence from its end, (steps, batch, ...) or a list; a tensor's examples each from their own."""
    if isinstance(sequence, list):
        return list(reversed(sequence))
    if lengths is None:
        return reverse(sequence, [0])
    return reverse_sequence(sequence, lengths, 0, 1)
