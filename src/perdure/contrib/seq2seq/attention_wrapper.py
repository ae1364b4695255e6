"""AttentionWrapper: a cell that looks at memories."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable
from typing import Any

from perdure.contrib.framework.tensors import with_same_shape
from perdure.contrib.seq2seq.attention import AttentionMechanism
from perdure.functional.array.array import expand_dims, identity, squeeze, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat
from perdure.functional.control.check_ops import assert_equal
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.functional.math.products import matmul
from perdure.graph import dtypes, nest
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_value
from perdure.layers.core import Dense
from perdure.rnn.base import RNNCell, assert_like_rnncell, zero_states


class AttentionWrapperState(
    namedtuple(
        "AttentionWrapperState",
        ("cell_state", "attention", "time", "alignments", "alignment_history", "attention_state"),
    )
):
    """The state of an `AttentionWrapper`.

    Attributes:
        cell_state: the state of the wrapped cell.
        attention: what was put out as attention, (batch, size).
        time: the number of steps, an int32 scalar.
        alignments: how much each entry of the memory counted, (batch, time); a tuple for several mechanisms.
        alignment_history: TensorArrays of the alignments of all steps, or ().
        attention_state: the states of the mechanisms.
    """

    __slots__ = ()

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """A state with other values for some fields, of the same shapes.

        Args:
            **kwargs: the values, by field.

        Raises:
            ValueError: a shape is known to be another one, or there is no such field.
        """

        def like(old: Any, new: Any) -> Any:
            tensors = isinstance(old, Tensor) and isinstance(new, Tensor)
            return with_same_shape(old, new) if tensors else new

        return nest.map_structure(like, self, super()._replace(**kwargs))


def compute_attention(
    attention_mechanism: Any, cell_output: Tensor, attention_state: Any, attention_layer: Any
) -> tuple[Any, Any, Any]:
    """What an `AttentionWrapper` does with each mechanism unless it is given another function.

    Args:
        attention_mechanism: the mechanism.
        cell_output: what the cell put out, the query, (batch, size).
        attention_state: the mechanism's state.
        attention_layer: what makes attention of the query and the context, a layer; None: the context is it.

    Returns:
        The attention (batch, size), the alignments (batch, time), and the mechanism's next state.
    """
    alignments, next_state = attention_mechanism(cell_output, state=attention_state)
    context = squeeze(matmul(expand_dims(alignments, 1), attention_mechanism.values), [1])
    if attention_layer is None:
        return context, alignments, next_state
    return attention_layer(concat([cell_output, context], 1)), alignments, next_state


class AttentionWrapper(RNNCell):
    """A cell whose inputs and outputs are joined with what it attends to.

    Args:
        cell: the cell.
        attention_mechanism: a mechanism, or a list of them, the attentions of which are concatenated.
        attention_layer_size: the size of a layer that makes the attention of query and context, or one for
            each mechanism; None: the context is the attention.
        alignment_history: whether the state keeps the alignments of all steps.
        cell_input_fn: from input and attention to the input of the cell; their concatenation if None.
        output_attention: whether the attention is put out, instead of what the cell puts out.
        initial_cell_state: the state of the cell that `zero_state` has.
        name: the name of the layer.
        attention_layer: such layers themselves.
        attention_fn: takes the place of `compute_attention`.
        dtype: the type of the layer.

    Raises:
        TypeError: an argument is of another kind.
        ValueError: there are not as many layers as mechanisms, or both sizes and layers.
        InvalidArgumentError: `initial_cell_state` is known to be of another batch size than the memory.
    """

    def __init__(
        self,
        cell: Any,
        attention_mechanism: Any,
        attention_layer_size: Any = None,
        alignment_history: bool = False,
        cell_input_fn: Callable[[Any, Any], Any] | None = None,
        output_attention: bool = True,
        initial_cell_state: Any = None,
        name: str | None = None,
        attention_layer: Any = None,
        attention_fn: Callable[..., Any] | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        assert_like_rnncell("cell", cell)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        self._attention_mechanisms = _checked_mechanisms(attention_mechanism)
        if cell_input_fn is None:
            cell_input_fn = _joined
        elif not callable(cell_input_fn):
            raise TypeError(f"cell_input_fn must be callable, saw type: {type(cell_input_fn).__name__}")
        self._attention_layers, self._attention_layer_size = _layers(
            cell, self._attention_mechanisms, attention_layer_size, attention_layer
        )
        self._attention_fn = compute_attention if attention_fn is None else attention_fn
        self._cell = cell
        self._cell_input_fn = cell_input_fn
        self._output_attention = output_attention
        self._alignment_history = alignment_history
        with name_scope(name, "AttentionWrapperInit"):
            self._initial_cell_state = None
            if initial_cell_state is not None:
                last = nest.flatten(initial_cell_state)[-1]
                batch_size = dimension_value(last.shape[0]) or shape_op(last)[0]
                complaint = (
                    f"When constructing AttentionWrapper {self._base_name}: Non-matching batch sizes between "
                    "the memory (encoder output) and initial_cell_state.  Are you using the "
                    "BeamSearchDecoder?  You may need to tile your initial state via the "
                    "tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width."
                )
                with control_dependencies(self._batch_size_checks(batch_size, complaint)):
                    self._initial_cell_state = nest.map_structure(
                        lambda part: identity(part, name="check_initial_cell_state"), initial_cell_state
                    )

    def _batch_size_checks(self, batch_size: Any, error_message: str) -> list[Operation]:
        return [
            assert_equal(batch_size, mechanism.batch_size, message=error_message)
            for mechanism in self._attention_mechanisms
        ]

    def _item_or_tuple(self, items: Iterable[Any]) -> Any:
        """The items if there may be several mechanisms, else the only one."""
        found = tuple(items)
        return found if self._is_multi else found[0]

    @property
    def output_size(self) -> Any:
        """The size of what it puts out."""
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> Any:
        """The sizes of a state, as an `AttentionWrapperState`."""
        mechanisms = self._attention_mechanisms
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=TensorShape([]),
            attention=self._attention_layer_size,
            alignments=self._item_or_tuple(a.alignments_size for a in mechanisms),
            attention_state=self._item_or_tuple(a.state_size for a in mechanisms),
            alignment_history=self._item_or_tuple(
                a.alignments_size if self._alignment_history else () for a in mechanisms
            ),
        )

    def zero_state(self, batch_size: Any, dtype: Any) -> AttentionWrapperState:
        """A state of zeros, with the initial state of the cell if there is one.

        Args:
            batch_size: an integer or a tensor; that of the memory, which is checked.
            dtype: the element type.
        """
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            if self._initial_cell_state is not None:
                cell_state = self._initial_cell_state
            else:
                cell_state = self._cell.get_initial_state(batch_size=batch_size, dtype=dtype)
            complaint = (
                f"When calling zero_state of AttentionWrapper {self._base_name}: Non-matching batch sizes "
                "between the memory (encoder output) and the requested batch size.  Are you using the "
                "BeamSearchDecoder?  If so, make sure your encoder output has been tiled to beam_width via "
                "tf.contrib.seq2seq.tile_batch, and the batch_size= argument passed to zero_state is "
                "batch_size * beam_width."
            )
            with control_dependencies(self._batch_size_checks(batch_size, complaint)):
                cell_state = nest.map_structure(
                    lambda part: identity(part, name="checked_cell_state"), cell_state
                )
            mechanisms = self._attention_mechanisms
            initial_alignments = [a.initial_alignments(batch_size, dtype) for a in mechanisms]
            return AttentionWrapperState(
                cell_state=cell_state,
                time=zeros([], dtype=dtypes.int32),
                attention=zero_states(self._attention_layer_size, batch_size, dtype),
                alignments=self._item_or_tuple(initial_alignments),
                attention_state=self._item_or_tuple(a.initial_state(batch_size, dtype) for a in mechanisms),
                alignment_history=self._item_or_tuple(
                    TensorArray(dtype, size=0, dynamic_size=True, element_shape=alignments.shape)
                    if self._alignment_history
                    else ()
                    for alignments in initial_alignments
                ),
            )

    def call(self, inputs: Any, state: Any) -> tuple[Any, AttentionWrapperState]:
        """One step: the cell, then attention.

        Args:
            inputs: (batch, size).
            state: an `AttentionWrapperState`.

        Raises:
            TypeError: `state` is another one.
        """
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                "Expected state to be instance of AttentionWrapperState. "
                f"Received type {type(state)} instead."
            )
        cell_inputs = self._cell_input_fn(inputs, state.attention)
        cell_output, next_cell_state = self._cell(cell_inputs, state.cell_state)
        batch_size = dimension_value(cell_output.shape[0]) or shape_op(cell_output)[0]
        complaint = (
            f"When applying AttentionWrapper {self.name}: Non-matching batch sizes between the memory "
            "(encoder output) and the query (decoder output).  Are you using the BeamSearchDecoder?  You may "
            "need to tile your memory input via the tf.contrib.seq2seq.tile_batch function with argument "
            "multiple=beam_width."
        )
        with control_dependencies(self._batch_size_checks(batch_size, complaint)):
            cell_output = identity(cell_output, name="checked_cell_output")
        before = state.attention_state if self._is_multi else [state.attention_state]
        histories = state.alignment_history if self._is_multi else [state.alignment_history]
        layers = self._attention_layers or [None] * len(self._attention_mechanisms)
        attentions, all_alignments, states, new_histories = [], [], [], []
        for i, mechanism in enumerate(self._attention_mechanisms):
            attention, alignments, next_state = self._attention_fn(
                mechanism, cell_output, before[i], layers[i]
            )
            new_histories.append(
                histories[i].write(state.time, alignments) if self._alignment_history else ()
            )
            states.append(next_state)
            all_alignments.append(alignments)
            attentions.append(attention)
        attention = concat(attentions, 1)
        next_state = AttentionWrapperState(
            time=state.time + 1,
            cell_state=next_cell_state,
            attention=attention,
            attention_state=self._item_or_tuple(states),
            alignments=self._item_or_tuple(all_alignments),
            alignment_history=self._item_or_tuple(new_histories),
        )
        return (attention if self._output_attention else cell_output), next_state


def _joined(inputs: Any, attention: Any) -> Tensor:
    return concat([inputs, attention], -1)


def _checked_mechanisms(given: Any) -> tuple[Any, ...]:
    several = isinstance(given, (list, tuple))
    mechanisms = tuple(given) if several else (given,)
    for mechanism in mechanisms:
        if not isinstance(mechanism, AttentionMechanism):
            raise TypeError(
                "attention_mechanism must contain only instances of AttentionMechanism, saw type: "
                f"{type(mechanism).__name__}"
                if several
                else "attention_mechanism must be an AttentionMechanism or list of multiple "
                f"AttentionMechanism instances, saw type: {type(mechanism).__name__}"
            )
    return mechanisms


def _layers(cell: Any, mechanisms: tuple[Any, ...], sizes: Any, layers: Any) -> tuple[Any, int]:
    """The layers that make attention, if there are any, and the size of all attention."""
    if sizes is not None and layers is not None:
        raise ValueError("Only one of attention_layer_size and attention_layer should be set")
    if sizes is not None:
        sizes = tuple(sizes) if isinstance(sizes, (list, tuple)) else (sizes,)
        if len(sizes) != len(mechanisms):
            raise ValueError(
                "If provided, attention_layer_size must contain exactly one integer per "
                f"attention_mechanism, saw: {len(sizes)} vs {len(mechanisms)}"
            )
        made = tuple(
            Dense(size, name="attention_layer", use_bias=False, dtype=mechanism.dtype)
            for size, mechanism in zip(sizes, mechanisms, strict=True)
        )
        return made, sum(sizes)
    if layers is not None:
        layers = tuple(layers) if isinstance(layers, (list, tuple)) else (layers,)
        if len(layers) != len(mechanisms):
            raise ValueError(
                "If provided, attention_layer must contain exactly one layer per attention_mechanism, saw: "
                f"{len(layers)} vs {len(mechanisms)}"
            )
        shapes = [
            layer.compute_output_shape([None, cell.output_size + _last_size(mechanism.values.shape)])
            for layer, mechanism in zip(layers, mechanisms, strict=True)
        ]
        return layers, sum(_last_size(shape) for shape in shapes)
    return None, sum(_last_size(mechanism.values.shape) for mechanism in mechanisms)


def _last_size(shape: Any) -> Any:
    return dimension_value(shape[-1])
