"""Wrappers around cells: attention, highways, projections, embeddings, compilation."""

from __future__ import annotations

import math
from typing import Any

from perdure.contrib.rnn.linear import Linear
from perdure.functional.array.array import expand_dims, reshape
from perdure.functional.array.joining import concat
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.control.jit_scope import experimental_jit_scope
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.unary import sigmoid, tanh
from perdure.functional.nn.activations import softmax, xw_plus_b
from perdure.functional.nn.conv import conv2d
from perdure.functional.nn.embedding import embedding_lookup
from perdure.functional.random.initializers import Constant, RandomUniform
from perdure.graph import nest
from perdure.graph.defaults import device, name_scope
from perdure.graph.signatures import find
from perdure.graph.tensor import Tensor
from perdure.platform import logging
from perdure.rnn.base import RNNCell, assert_like_rnncell
from perdure.rnn.cells import warn_of_one_state
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import get_variable, variable_scope


class _Around(RNNCell):
    """A cell with another one inside, whose states it takes."""

    _cell: Any

    @property
    def state_size(self) -> Any:
        """The size of a state of the cell inside."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """The size of what the cell inside puts out."""
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros."""
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


class EmbeddingWrapper(_Around):
    """A cell whose inputs are integers, for each of which there is a row of numbers.

    Args:
        cell: the cell.
        embedding_classes: how many rows there are.
        embedding_size: how long they are.
        initializer: of the rows; by default that of the variable scope, else uniform with variance 1.
        reuse: whether to share variables that exist.

    Raises:
        TypeError: `cell` is no cell.
        ValueError: a size is not positive.
    """

    def __init__(
        self,
        cell: Any,
        embedding_classes: int,
        embedding_size: int,
        initializer: Any = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        assert_like_rnncell("cell", cell)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                "Both embedding_classes and embedding_size must be > 0: "
                f"{embedding_classes}, {embedding_size}."
            )
        self._cell = cell
        self._shape = [embedding_classes, embedding_size]
        self._initializer = initializer

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        with device("/cpu:0"):
            limit = math.sqrt(3)
            initializer = (
                self._initializer or get_variable_scope().initializer or RandomUniform(-limit, limit)
            )
            dtype = (state[0] if isinstance(state, tuple) else state).dtype
            table = get_variable("embedding", self._shape, initializer=initializer, dtype=dtype)
            return self._cell(embedding_lookup(table, reshape(inputs, [-1])), state)


class InputProjectionWrapper(_Around):
    """A cell whose inputs are projected to another size.

    Args:
        cell: the cell.
        num_proj: the size.
        activation: a function of what was projected, if not None.
        input_size: not used.
        reuse: whether to share variables that exist.

    Raises:
        TypeError: `cell` is no cell.
    """

    def __init__(
        self, cell: Any, num_proj: int, activation: Any = None, input_size: Any = None, reuse: Any = None
    ) -> None:
        super().__init__(_reuse=reuse)
        if input_size is not None:
            logging.warning("%s: The input_size parameter is deprecated.", self)
        assert_like_rnncell("cell", cell)
        self._cell = cell
        self._num_proj = num_proj
        self._activation = activation
        self._linear: Linear | None = None

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        if self._linear is None:
            self._linear = Linear(inputs, self._num_proj, True)
        projected = self._linear(inputs)
        if self._activation:
            projected = self._activation(projected)
        return self._cell(projected, state)


class OutputProjectionWrapper(_Around):
    """A cell whose outputs are projected to another size.

    Args:
        cell: the cell.
        output_size: the size.
        activation: a function of what was projected, if not None.
        reuse: whether to share variables that exist.

    Raises:
        TypeError: `cell` is no cell.
        ValueError: the size is not positive.
    """

    def __init__(self, cell: Any, output_size: int, activation: Any = None, reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        assert_like_rnncell("cell", cell)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._cell = cell
        self._output_size = output_size
        self._activation = activation
        self._linear: Linear | None = None

    @property
    def output_size(self) -> Any:
        """The size of what is put out."""
        return self._output_size

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        output, state = self._cell(inputs, state)
        if self._linear is None:
            self._linear = Linear(output, self._output_size, True)
        projected = self._linear(output)
        if self._activation:
            projected = self._activation(projected)
        return projected, state


class AttentionCellWrapper(RNNCell):
    """A cell that looks back at what it put out in the last steps (Bahdanau et al., 2014).

    Args:
        cell: the cell.
        attn_length: how many steps it sees.
        attn_size: the size of what is put out; that of the cell by default.
        attn_vec_size: the size of the vectors that are compared; `attn_size` by default.
        input_size: the size of what goes into the cell; that of the inputs by default.
        state_is_tuple: whether a state is a tuple, or one tensor.
        reuse: whether to share variables that exist.

    Raises:
        TypeError: `cell` is no cell.
        ValueError: the cell's state is a tuple and this one's is not, or no steps are seen.
    """

    def __init__(
        self,
        cell: Any,
        attn_length: int,
        attn_size: int | None = None,
        attn_vec_size: int | None = None,
        input_size: int | None = None,
        state_is_tuple: bool = True,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        assert_like_rnncell("cell", cell)
        if nest.is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError(
                "Cell returns tuple of states, but the flag state_is_tuple is not set. State size is: "
                f"{cell.state_size}"
            )
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        if not state_is_tuple:
            warn_of_one_state(self)
        self._cell = cell
        self._attn_length = attn_length
        self._attn_size: int = cell.output_size if attn_size is None else attn_size
        self._attn_vec_size: int = self._attn_size if attn_vec_size is None else attn_vec_size
        self._input_size = input_size
        self._state_is_tuple = state_is_tuple
        self._linears: dict[str, Linear] = {}

    @property
    def state_size(self) -> Any:
        """The sizes of the cell's state, of what was found last, and of all that is seen."""
        sizes = (self._cell.state_size, self._attn_size, self._attn_size * self._attn_length)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The size of what is put out."""
        return self._attn_size

    def _linear(self, name: str, args: Any, size: int) -> Tensor:
        if name not in self._linears:
            self._linears[name] = Linear(args, size, True)
        return self._linears[name](args)

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        size, length = self._attn_size, self._attn_length
        if self._state_is_tuple:
            state, found, seen = state
        else:
            states, own = state, self._cell.state_size
            state = slice_of(states, [0, 0], [-1, own])
            found = slice_of(states, [0, own], [-1, size])
            seen = slice_of(states, [0, own + size], [-1, size * length])
        seen = reshape(seen, [-1, length, size])
        input_size = self._input_size
        if input_size is None:
            input_size = inputs.get_shape().as_list()[1]
        inputs = self._linear("inputs", [inputs, found], input_size)
        output, state = self._cell(inputs, state)
        query = concat(nest.flatten(state), 1) if self._state_is_tuple else state
        found, seen = self._attention(query, seen)
        with variable_scope("attn_output_projection"):
            output = self._linear("outputs", [output, found], size)
        seen = reshape(concat([seen, expand_dims(output, 1)], 1), [-1, length * size])
        state = (state, found, seen)
        return output, state if self._state_is_tuple else concat(list(state), 1)

    def _attention(self, query: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """What is found for a query among what is seen, and that without its oldest step."""
        size, vector_size, length = self._attn_size, self._attn_vec_size, self._attn_length
        with variable_scope("attention"):
            kernel = get_variable("attn_w", [1, 1, size, vector_size])
            weights = get_variable("attn_v", [vector_size])
            hidden = reshape(seen, [-1, length, 1, size])
            features = conv2d(hidden, kernel, [1, 1, 1, 1], "SAME")
            wanted = reshape(self._linear("query", query, vector_size), [-1, 1, 1, vector_size])
            scores = reduce_sum(weights * tanh(features + wanted), [2, 3])
            share = reshape(softmax(scores), [-1, length, 1, 1])
            found = reshape(reduce_sum(share * hidden, [1, 2]), [-1, size])
            return found, slice_of(seen, [0, 1, 0], [-1, -1, -1])


class HighwayWrapper(_Around):
    """What a cell puts out, or what went into it, as a gate says (Srivastava et al., 2015).

    Args:
        cell: the cell.
        couple_carry_transform_gates: whether as much is let through of the one as is not of the other.
        carry_bias_init: what the bias of the gate is at first.
    """

    def __init__(
        self, cell: Any, couple_carry_transform_gates: bool = True, carry_bias_init: float = 1.0
    ) -> None:
        super().__init__()
        self._cell = cell
        self._coupled = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    def _gate(self, inputs: Tensor, name: str, bias_init: float) -> Tensor:
        size = inputs.get_shape().with_rank(2).as_list()[1]
        weight = get_variable(f"{name}_w", [size, size])
        bias = get_variable(f"{name}_b", [size], initializer=Constant(bias_init))
        return sigmoid(xw_plus_b(inputs, weight, bias))

    def _highway(self, inputs: Tensor, outputs: Tensor) -> Tensor:
        carry = self._gate(inputs, "carry", self._carry_bias_init)
        transform = 1 - carry if self._coupled else self._gate(inputs, "transform", -self._carry_bias_init)
        return inputs * carry + outputs * transform

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        outputs, state = self._cell(inputs, state, scope=scope)
        nest.assert_same_structure(inputs, outputs)
        for one, other in zip(nest.flatten(inputs), nest.flatten(outputs), strict=True):
            one.get_shape().assert_is_compatible_with(other.get_shape())
        return nest.map_structure(self._highway, inputs, outputs), state


class CompiledWrapper(_Around):
    """A cell whose operations are marked to be compiled by XLA.

    perdure chooses by itself what is compiled; the marks are for programs that read the graph.

    Args:
        cell: the cell.
        compile_stateful: whether operations with a state are marked, too.
    """

    def __init__(self, cell: Any, compile_stateful: bool = False) -> None:
        super().__init__()
        self._cell = cell
        self._compile_stateful = compile_stateful

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        chosen = True if self._compile_stateful else _has_no_state
        with experimental_jit_scope(compile_ops=chosen):
            return self._cell(inputs, state, scope=scope)


def _has_no_state(node_def: Any) -> bool:
    signature = find(node_def.op)
    return signature is not None and not signature.is_stateful
