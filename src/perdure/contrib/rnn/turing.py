"""A controller with a memory that is read and written by attention (Graves et al., 2014)."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import expand_dims, ones, ones_like, squeeze, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat, split, stack
from perdure.functional.array.rearranging import reverse
from perdure.functional.control.conditionals import cond
from perdure.functional.math.binary import equal, pow
from perdure.functional.math.clip import clip_by_value
from perdure.functional.math.products import matmul
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.unary import exp, sigmoid, sqrt, square, tanh
from perdure.functional.nn.activations import bias_add, softmax, softplus
from perdure.functional.random.initializers import Constant, GlorotUniform, TruncatedNormal
from perdure.graph import dtypes
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.rnn.base import LayerRNNCell, assert_like_rnncell

NTMControllerState = namedtuple(
    "NTMControllerState", ("controller_state", "read_vector_list", "w_list", "M", "time")
)


class NTMCell(LayerRNNCell):
    """A neural Turing machine: a cell that reads and writes rows of a memory.

    Args:
        controller: the cell that decides what is read and written.
        memory_size: how many rows the memory has.
        memory_vector_dim: how long they are.
        read_head_num, write_head_num: how many places are read and written in a step.
        shift_range: by how many rows a head may move on.
        output_dim: the size of what is put out; that of the inputs by default.
        clip_value: the greatest absolute value of parameters and outputs.
        dtype: the type of the variables.
        name: the name of the cell.

    Raises:
        TypeError: `controller` is no cell.
    """

    def __init__(
        self,
        controller: Any,
        memory_size: int,
        memory_vector_dim: int,
        read_head_num: int,
        write_head_num: int,
        shift_range: int = 1,
        output_dim: int | None = None,
        clip_value: float = 20,
        dtype: Any = dtypes.float32,
        name: Any = None,
    ) -> None:
        super().__init__(dtype=dtype, name=name)
        assert_like_rnncell("NTM RNN controller cell", controller)
        self.controller = controller
        self.memory_size = memory_size
        self.memory_vector_dim = memory_vector_dim
        self.read_head_num = read_head_num
        self.write_head_num = write_head_num
        self.clip_value = clip_value
        self.output_dim = output_dim
        self.shift_range = shift_range
        self.num_parameters_per_head = memory_vector_dim + 2 * shift_range + 4
        self.num_heads = read_head_num + write_head_num
        of_heads = self.num_parameters_per_head * self.num_heads
        self.total_parameter_num = of_heads + memory_vector_dim * 2 * write_head_num

    @property
    def state_size(self) -> Any:
        """The sizes of controller, what was read, where the heads are, memory and time."""
        return NTMControllerState(
            controller_state=self.controller.state_size,
            read_vector_list=[self.memory_vector_dim] * self.read_head_num,
            w_list=[self.memory_size] * self.num_heads,
            M=TensorShape([self.memory_size * self.memory_vector_dim]),
            time=TensorShape([]),
        )

    @property
    def output_size(self) -> Any:
        """The size of what is put out."""
        return self.output_dim

    def build(self, inputs_shape: Any) -> None:
        """Make the kernels and biases of parameters and outputs, and what heads and memory are at first."""
        if self.output_dim is None:
            if inputs_shape[1].value is None:
                raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
            self.output_dim = inputs_shape[1].value

        def affine(name: str, rows: int, columns: int) -> tuple[Any, Any]:
            initializer = TruncatedNormal(stddev=1.0 / math.sqrt(rows), dtype=dtypes.float32)
            return (
                self.add_weight(f"{name}_kernel", shape=[rows, columns], initializer=initializer),
                self.add_weight(f"{name}_bias", shape=[columns], initializer=Constant(0.0, dtype=self.dtype)),
            )

        size = self.controller.output_size
        self._params = affine("parameters", size, self.total_parameter_num)
        self._output = affine("output", size + self.memory_vector_dim * self.read_head_num, self.output_dim)

        def rows(name: str, count: int, size: int) -> list[Any]:
            return [
                self.add_weight(f"{name}_{i}", shape=[1, size], initializer=GlorotUniform())
                for i in range(count)
            ]

        self._first_read = rows("initial_read_vector", self.read_head_num, self.memory_vector_dim)
        self._first_address = rows("initial_address_weights", self.num_heads, self.memory_size)
        self._memory = self.add_weight(
            "memory",
            shape=[self.memory_size, self.memory_vector_dim],
            initializer=Constant(1e-6, dtype=self.dtype),
        )
        self.built = True

    def call(self, x: Any, prev_state: Any) -> Any:
        """One step."""
        read, places, memory = prev_state.read_vector_list, prev_state.w_list, prev_state.M

        def copies(value: Tensor) -> Tensor:
            """The value for each example, of a known number; TensorFlow makes a node for each."""
            count: Any = x.shape[0].value or shape_op(x)[0]
            return concat([expand_dims(value, 0) for _ in range(count)], axis=0)

        def rows(variables: list[Any], kind: Callable[[Tensor], Tensor]) -> list[Tensor]:
            return [copies(kind(squeeze(matmul(ones([1, 1]), variable)))) for variable in variables]

        def first_or(first: Callable[[], Any], otherwise: Any) -> Any:
            """In the first step what is learned, then what the state says."""
            return cond(equal(prev_state.time, 0), first, lambda: otherwise)

        read = first_or(lambda: rows(self._first_read, tanh), read)
        read = [read] if self.read_head_num == 1 else read
        output, controller_state = self.controller(concat([x, *read], axis=1), prev_state.controller_state)
        parameters = bias_add(matmul(output, self._params[0]), self._params[1])
        parameters = clip_by_value(parameters, -self.clip_value, self.clip_value)
        of_heads = self.num_parameters_per_head * self.num_heads
        heads = split(parameters[:, :of_heads], self.num_heads, axis=1)
        changes = split(parameters[:, of_heads:], 2 * self.write_head_num, axis=1)
        places = first_or(lambda: rows(self._first_address, softmax), places)
        places = [places] if self.num_heads == 1 else places
        memory = first_or(lambda: copies(self._memory), memory)
        places = [self._moved(head, memory, place) for head, place in zip(heads, places, strict=True)]
        read = [reduce_sum(expand_dims(place, 2) * memory, axis=1) for place in places[: self.read_head_num]]
        for i, place in enumerate(places[self.read_head_num :]):
            column = expand_dims(place, axis=2)
            erased = expand_dims(sigmoid(changes[i * 2]), axis=1)
            added = expand_dims(tanh(changes[i * 2 + 1]), axis=1)
            kept = ones_like(memory) - matmul(column, erased)
            memory = memory * kept + matmul(column, added)
        output = matmul(concat([output, *read], axis=1), self._output[0])
        output = clip_by_value(bias_add(output, self._output[1]), -self.clip_value, self.clip_value)
        return output, NTMControllerState(controller_state, read, places, memory, prev_state.time + 1)

    def _moved(self, head: Tensor, memory: Tensor, place: Tensor) -> Tensor:
        """Where a head is next: which rows are like what it asks for, then shifted and sharpened.

        Args:
            head: the parameters of the head, (batch, parameters).
            memory: (batch, memory size, vector).
            place: the weights of the rows before, (batch, memory size).
        """
        size, reach = self.memory_vector_dim, self.shift_range
        key = tanh(head[:, 0:size])
        strength = softplus(head[:, size])
        gate = sigmoid(head[:, size + 1])
        shift = softmax(head[:, size + 2 : size + 2 + (reach * 2 + 1)])
        sharpness = softplus(head[:, -1]) + 1
        key = expand_dims(key, axis=2)
        products = matmul(memory, key)
        key_length = sqrt(reduce_sum(square(key), axis=1, keepdims=True))
        row_lengths = sqrt(reduce_sum(square(memory), axis=2, keepdims=True))
        likeness = squeeze(products / (row_lengths * key_length + 1e-8))
        amplified = exp(expand_dims(strength, axis=1) * likeness)
        by_content = amplified / reduce_sum(amplified, axis=1, keepdims=True)
        gate = expand_dims(gate, axis=1)
        gated = gate * by_content + (1 - gate) * place
        count = self.memory_size
        shift = concat(
            [
                shift[:, : reach + 1],
                zeros([shift.shape[0].value or shape_op(shift)[0], count - (reach * 2 + 1)]),
                shift[:, -reach:],
            ],
            axis=1,
        )
        twice = concat([reverse(shift, axis=[1]), reverse(shift, axis=[1])], axis=1)
        circulant = stack([twice[:, count - i - 1 : count * 2 - i - 1] for i in range(count)], axis=1)
        shifted = reduce_sum(expand_dims(gated, axis=1) * circulant, axis=2)
        sharpened = pow(shifted, expand_dims(sharpness, axis=1))
        return sharpened / reduce_sum(sharpened, axis=1, keepdims=True)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros.

        Args:
            batch_size: an integer.
            dtype: the type of the controller's state.
        """
        read = [zeros([batch_size, self.memory_vector_dim]) for _ in range(self.read_head_num)]
        places = [zeros([batch_size, self.memory_size]) for _ in range(self.num_heads)]
        controller_state = self.controller.zero_state(batch_size, dtype)
        memory = zeros([batch_size, self.memory_size, self.memory_vector_dim])
        return NTMControllerState(controller_state, read, places, memory, 0)
