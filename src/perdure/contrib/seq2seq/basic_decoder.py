"""BasicDecoder: a cell whose inputs a helper chooses."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from perdure.contrib.seq2seq.decoders import Decoder
from perdure.contrib.seq2seq.helpers import Helper
from perdure.graph import nest
from perdure.graph.defaults import name_scope
from perdure.graph.tensor_shape import TensorShape
from perdure.layers.base import Layer
from perdure.rnn.base import assert_like_rnncell


class BasicDecoderOutput(namedtuple("BasicDecoderOutput", ("rnn_output", "sample_id"))):
    """What a step puts out: the output of the cell and its layer, and what the helper samples of it."""

    __slots__ = ()


def output_size_behind(cell: Any, layer: Any) -> Any:
    """The size of what a cell puts out, behind a layer if there is one.

    Args:
        cell: the cell.
        layer: the layer, or None.
    """
    size = cell.output_size
    if layer is None:
        return size
    with_batch = nest.map_structure(lambda part: TensorShape([None]).concatenate(part), size)
    return nest.map_structure(lambda shape: shape[1:], layer.compute_output_shape(with_batch))


class BasicDecoder(Decoder):
    """A decoder that calls a cell, a layer if there is one, and asks a helper for samples and next inputs.

    Args:
        cell: the cell.
        helper: the `Helper`.
        initial_state: the state before the first step.
        output_layer: a layer for what the cell puts out.

    Raises:
        TypeError: an argument is of another kind.
    """

    def __init__(self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None) -> None:
        assert_like_rnncell("cell", cell)
        if not isinstance(helper, Helper):
            raise TypeError(f"helper must be a Helper, received: {type(helper)}")
        if output_layer is not None and not isinstance(output_layer, Layer):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self) -> Any:
        """See `Decoder`."""
        return self._helper.batch_size

    def _rnn_output_size(self) -> Any:
        return output_size_behind(self._cell, self._output_layer)

    @property
    def output_size(self) -> BasicDecoderOutput:
        """See `Decoder`."""
        return BasicDecoderOutput(rnn_output=self._rnn_output_size(), sample_id=self._helper.sample_ids_shape)

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        """See `Decoder`; outputs have the type of the state."""
        dtype = nest.flatten(self._initial_state)[0].dtype
        return BasicDecoderOutput(
            nest.map_structure(lambda _: dtype, self._rnn_output_size()), self._helper.sample_ids_dtype
        )

    def initialize(self, name: str | None = None) -> tuple[Any, Any, Any]:
        """See `Decoder`."""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> tuple[Any, Any, Any, Any]:
        """See `Decoder`."""
        with name_scope(name, "BasicDecoderStep", (time, inputs, state)):
            outputs, state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            sample_ids = self._helper.sample(time=time, outputs=outputs, state=state)
            finished, next_inputs, next_state = self._helper.next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids
            )
        return BasicDecoderOutput(outputs, sample_ids), next_state, next_inputs, finished
