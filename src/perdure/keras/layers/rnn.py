"""RNN: a cell applied along the time axis, and StackedRNNCells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.array import zeros as zeros_op
from perdure.functional.state.state import assign
from perdure.graph.nest import flatten, is_nested, map_structure, pack_sequence_as
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.keras.backend.rnn import rnn
from perdure.keras.backend.shapes import int_shape, is_keras_tensor, zeros
from perdure.keras.backend.state import batch_set_value, set_value
from perdure.keras.engine.layer import Layer
from perdure.keras.utils.objects import has_arg, to_list
from perdure.keras.utils.structures import shape_type_conversion
from perdure.layers.input_spec import InputSpec
from perdure.platform import logging


def is_multiple_state(state_size: Any) -> bool:
    """Whether a cell has several states."""
    return hasattr(state_size, "__len__") and not isinstance(state_size, TensorShape)


def zero_states(batch_size: Any, state_size: Any, dtype: Any) -> Any:
    """States of zeros.

    Args:
        batch_size: a tensor.
        state_size: a structure of sizes.
        dtype: their type.

    Raises:
        ValueError: without batch size or type.
    """
    if batch_size is None or dtype is None:
        raise ValueError(
            "batch_size and dtype cannot be None while constructing initial state: "
            f"batch_size={batch_size}, dtype={dtype}"
        )

    def made(size: Any) -> Any:
        return zeros_op([batch_size, *as_shape(size).as_list()], dtype=dtype)

    return map_structure(made, state_size) if is_nested(state_size) else made(state_size)


def cell_zero_states(cell: Any, inputs: Any, batch_size: Any, dtype: Any) -> Any:
    """The states of a cell before its first step: zeros, for a batch of inputs or of a size."""
    if inputs is not None:
        batch_size = shape_op(inputs)[0]
        dtype = inputs.dtype
    return zero_states(batch_size, cell.state_size, dtype)


def _list_or_none(x: Any) -> Any:
    if x is None or isinstance(x, list):
        return x
    return list(x) if isinstance(x, tuple) else [x]


def standardize_args(
    inputs: Any, initial_state: Any, constants: Any, num_constants: int
) -> tuple[Any, Any, Any]:
    """Inputs, states and constants, where a list of inputs may hold them all."""
    if isinstance(inputs, list):
        assert initial_state is None and constants is None
        if num_constants:
            constants = inputs[-num_constants:]
            inputs = inputs[:-num_constants]
        if len(inputs) > 1:
            initial_state = inputs[1:]
            inputs = inputs[:1]
        inputs = tuple(inputs) if len(inputs) > 1 else inputs[0]
    return inputs, _list_or_none(initial_state), _list_or_none(constants)


def _output_size(cell: Any) -> Any:
    """The size of a cell's output."""
    if getattr(cell, "output_size", None) is not None:
        return cell.output_size
    return cell.state_size[0] if is_multiple_state(cell.state_size) else cell.state_size


class StackedRNNCells(Layer):
    """Cells one behind the other, as one cell.

    Args:
        cells: the cells.
        **kwargs: see `Layer`.

    Raises:
        ValueError: one is no cell.
    """

    def __init__(self, cells: Any, **kwargs: Any) -> None:
        for cell in cells:
            if not hasattr(cell, "call"):
                raise ValueError("All cells must have a `call` method. received cells:", cells)
            if not hasattr(cell, "state_size"):
                raise ValueError("All cells must have a `state_size` attribute. received cells:", cells)
        reverse = kwargs.pop("reverse_state_order", False)
        super().__init__(**kwargs)
        self.cells = cells
        self.reverse_state_order = reverse
        if reverse:
            logging.warning(
                "reverse_state_order=True in StackedRNNCells will soon be deprecated. Please update the code "
                "to work with the natural order of states if you rely on the RNN states, eg "
                "RNN(return_state=True)."
            )

    @property
    def _in_order_of_states(self) -> Any:
        return self.cells[::-1] if self.reverse_state_order else self.cells

    @property
    def state_size(self) -> Any:
        """The sizes of the cells' states."""
        return tuple(cell.state_size for cell in self._in_order_of_states)

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        return _output_size(self.cells[-1])

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """The states before the first step."""
        found = []
        for cell in self._in_order_of_states:
            make = getattr(cell, "get_initial_state", None)
            if make:
                found.append(make(inputs=inputs, batch_size=batch_size, dtype=dtype))
            else:
                found.append(cell_zero_states(cell, inputs, batch_size, dtype))
        return tuple(found)

    def call(self, inputs: Any, states: Any, constants: Any = None, **kwargs: Any) -> Any:
        sizes = self.state_size[::-1] if self.reverse_state_order else self.state_size
        after = []
        for cell, before in zip(self.cells, pack_sequence_as(sizes, flatten(states)), strict=True):
            before = before if is_nested(before) else [before]
            if len(before) == 1 and getattr(cell, "_is_tf_rnn_cell", None) is not None:
                before = before[0]
            if has_arg(cell.call, "constants"):
                inputs, new = cell.call(inputs, before, constants=constants, **kwargs)
            else:
                inputs, new = cell.call(inputs, before, **kwargs)
            after.append(new)
        return inputs, pack_sequence_as(sizes, flatten(after))

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            input_shape = (input_shape[0], *as_shape(_output_size(cell)).as_list())
        self.built = True

    def get_config(self) -> dict[str, Any]:
        cells = [{"class_name": type(cell).__name__, "config": cell.get_config()} for cell in self.cells]
        return {**super().get_config(), "cells": cells}

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        from perdure.keras.layers.serialization import deserialize

        cells = [deserialize(cell, custom_objects=custom_objects) for cell in config.pop("cells")]
        return cls(cells, **config)


class RNN(Layer):
    """A cell applied along the time axis.

    Args:
        cell: the cell, or several in a list.
        return_sequences: whether the outputs of all steps are returned instead of the last one's.
        return_state: whether the last states are returned too.
        go_backwards: whether time runs backwards.
        stateful: whether a batch goes on with the states of the one before.
        unroll: whether the steps are nodes one behind the other instead of a loop.
        time_major: whether inputs and outputs are (time, batch, ...).
        **kwargs: see `Layer`.

    Raises:
        ValueError: the cell is none.
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        time_major: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(cell, list | tuple):
            cell = StackedRNNCells(cell)
        if not hasattr(cell, "call"):
            raise ValueError("`cell` should have a `call` method. The RNN was passed:", cell)
        if not hasattr(cell, "state_size"):
            raise ValueError(
                "The RNN cell should have an attribute `state_size` (tuple of integers, one integer per RNN "
                "state)."
            )
        zero_output_for_mask = kwargs.pop("zero_output_for_mask", False)
        if "input_shape" not in kwargs and ("input_dim" in kwargs or "input_length" in kwargs):
            kwargs["input_shape"] = (kwargs.pop("input_length", None), kwargs.pop("input_dim", None))
        super().__init__(**kwargs)
        self.zero_output_for_mask = zero_output_for_mask
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.time_major = time_major
        self.supports_masking = True
        self.input_spec: Any = None
        self.state_spec: Any = None
        self._states: Any = None
        self.constants_spec: Any = None
        self._num_constants = 0

    @property
    def states(self) -> Any:
        """The states that are kept from batch to batch, or None for each."""
        if self._states is None:
            nothing = map_structure(lambda _: None, self.cell.state_size)
            return nothing if is_nested(self.cell.state_size) else [nothing]
        return self._states

    @states.setter
    def states(self, states: Any) -> None:
        object.__setattr__(self, "_states", states)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        try:
            input_shape = as_shape(input_shape)
        except (ValueError, TypeError):
            input_shape = flatten(input_shape)[0]
        batch, steps = input_shape[0], input_shape[1]
        if self.time_major:
            batch, steps = steps, batch
        sizes = self.cell.state_size
        if not is_multiple_state(sizes):
            sizes = [sizes]

        def of_output(size: Any) -> TensorShape:
            ahead = [batch]
            if self.return_sequences:
                ahead = [steps, batch] if self.time_major else [batch, steps]
            return as_shape(ahead + as_shape(size).as_list())

        output_shape: Any
        if getattr(self.cell, "output_size", None) is not None:
            output_shape = flatten(map_structure(of_output, self.cell.output_size))
            output_shape = output_shape[0] if len(output_shape) == 1 else output_shape
        else:
            output_shape = of_output(sizes[0])
        if not self.return_state:
            return output_shape
        state_shape = map_structure(lambda size: as_shape([batch, *as_shape(size).as_list()]), sizes)
        return to_list(output_shape) + flatten(state_shape)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        mask = flatten(mask)[0]
        output_mask = mask if self.return_sequences else None
        return [output_mask] + [None for _ in self.states] if self.return_state else output_mask

    def _spec(self, shape: Any) -> InputSpec:
        """What inputs of a shape require of those that follow."""
        sizes = shape.as_list() if isinstance(shape, TensorShape) else list(shape)
        batch, time = (1, 0) if self.time_major else (0, 1)
        if not self.stateful:
            sizes[batch] = None
        sizes[time] = None
        return InputSpec(shape=tuple(sizes))

    def _of_step(self, shape: Any) -> Any:
        """The shape of the inputs of one step."""
        if isinstance(shape, TensorShape):
            shape = tuple(shape.as_list())
        return shape[1:] if self.time_major else (shape[0], *shape[2:])

    def build(self, input_shape: Any) -> None:
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        try:
            input_shape = as_shape(input_shape)
        except (ValueError, TypeError):
            pass  # a structure of shapes
        if is_nested(input_shape):
            spec = map_structure(self._spec, input_shape)
            step_shape = map_structure(self._of_step, input_shape)
            specs = to_list(spec)
        else:
            spec = self._spec(input_shape)
            step_shape = self._of_step(input_shape)
            specs = [spec]
        if self.input_spec is not None:
            self.input_spec[0] = spec
        else:
            self.input_spec = specs
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build(step_shape)
        sizes = self.cell.state_size
        sizes = list(sizes) if is_multiple_state(sizes) else [sizes]
        if self.state_spec is not None:
            self._validate_state_spec(sizes, self.state_spec)
        else:
            self.state_spec = [InputSpec(shape=[None, *as_shape(size).as_list()]) for size in sizes]
        if self.stateful:
            self.reset_states()
        self.built = True

    @staticmethod
    def _validate_state_spec(cell_state_sizes: Any, init_state_specs: Any) -> None:
        """Refuse initial states that the cell cannot have."""
        sizes, specs = flatten(cell_state_sizes), flatten(init_state_specs)
        if len(sizes) != len(specs) or not all(
            TensorShape(spec.shape[1:]).is_compatible_with(TensorShape(size))
            for spec, size in zip(specs, sizes, strict=True)
        ):
            raise ValueError(
                "An `initial_state` was passed that is not compatible with `cell.state_size`. Received "
                f"`state_spec`={init_state_specs}; however `cell.state_size` is {cell_state_sizes}"
            )

    def get_initial_state(self, inputs: Any) -> Any:
        """The states before the first step of inputs."""
        if is_nested(inputs):
            inputs = flatten(inputs)[0]
        sizes = shape_op(inputs)
        batch_size = sizes[1] if self.time_major else sizes[0]
        make = getattr(self.cell, "get_initial_state", None)
        if make:
            found = make(inputs=None, batch_size=batch_size, dtype=inputs.dtype)
        else:
            found = zero_states(batch_size, self.cell.state_size, inputs.dtype)
        return list(found if is_nested(found) else [found])

    def __call__(  # type: ignore[override]
        self, inputs: Any, initial_state: Any = None, constants: Any = None, **kwargs: Any
    ) -> Any:
        """Apply the layer.

        Args:
            inputs: the inputs, or a list of them, the states and the constants.
            initial_state: the states before the first step.
            constants: what every step is given.
            **kwargs: further arguments of `call`.
        """
        inputs, initial_state, constants = standardize_args(
            inputs, initial_state, constants, self._num_constants
        )
        if initial_state is None and constants is None:
            return super().__call__(inputs, **kwargs)
        more: list[Any] = []
        specs: list[Any] = []
        if initial_state is not None:
            more += initial_state
            self.state_spec = map_structure(lambda s: InputSpec(shape=int_shape(s)), initial_state)
            specs += self.state_spec
        if constants is not None:
            more += constants
            self.constants_spec = [InputSpec(shape=int_shape(constant)) for constant in constants]
            self._num_constants = len(constants)
            specs += self.constants_spec
        of_keras = is_keras_tensor(flatten(more)[0])
        if any(is_keras_tensor(tensor) != of_keras for tensor in flatten(more)):
            raise ValueError(
                "The initial state or constants of an RNN layer cannot be specified with a mix of Keras "
                'tensors and non-Keras tensors (a "Keras tensor" is a tensor that was returned by a Keras '
                "layer, or by `Input`)"
            )
        if of_keras:
            self.input_spec = to_list(map_structure(lambda _: None, inputs)) + specs
            output = super().__call__([inputs, *more], **kwargs)
            self.input_spec = self.input_spec[: -len(specs)]
            return output
        if initial_state is not None:
            kwargs["initial_state"] = initial_state
        if constants is not None:
            kwargs["constants"] = constants
        return super().__call__(inputs, **kwargs)

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: Any = None,
        initial_state: Any = None,
        constants: Any = None,
    ) -> Any:
        inputs, initial_state, constants = self._process_inputs(inputs, initial_state, constants)
        if mask is not None:
            mask = flatten(mask)[0]
        sizes = int_shape(flatten(inputs)[0] if is_nested(inputs) else inputs)
        if self.unroll and sizes[0 if self.time_major else 1] is None:
            raise ValueError(
                "Cannot unroll a RNN if the time dimension is undefined. \n- If using a Sequential model, "
                "specify the time dimension by passing an `input_shape` or `batch_input_shape` argument to "
                "your first layer. If your first layer is an Embedding, you can also use the `input_length` "
                "argument.\n- If using the functional API, specify the time dimension by passing a `shape` "
                "or `batch_shape` argument to your Input layer."
            )
        given = {"training": training} if has_arg(self.cell.call, "training") else {}
        last_output, outputs, states = rnn(
            self._step(bool(constants), given),
            inputs,
            initial_state,
            constants=constants,
            go_backwards=self.go_backwards,
            mask=mask,
            unroll=self.unroll,
            input_length=self._steps(inputs),
            time_major=self.time_major,
            zero_output_for_mask=self.zero_output_for_mask,
        )
        if self.stateful:
            kept = zip(flatten(self.states), flatten(states), strict=True)
            self.add_update([assign(before, after) for before, after in kept])
        output = outputs if self.return_sequences else last_output
        return to_list(output) + list(states) if self.return_state else output

    def _steps(self, inputs: Any) -> Any:
        """How many steps a loop has at most, if it shall be limited."""
        return None

    def _step(self, has_constants: bool, kwargs: dict[str, Any]) -> Any:
        """The step of the cell."""
        if has_constants and not has_arg(self.cell.call, "constants"):
            raise ValueError("RNN cell does not support constants")
        is_tf_cell = getattr(self.cell, "_is_tf_rnn_cell", None) is not None

        def step(inputs: Any, states: Any) -> tuple[Any, Any]:
            given = kwargs
            if has_constants:
                given = {**kwargs, "constants": states[-self._num_constants :]}
                states = states[: -self._num_constants]
            states = states[0] if len(states) == 1 and is_tf_cell else states
            output, after = self.cell.call(inputs, states, **given)
            return output, after if is_nested(after) else [after]

        return step

    def _process_inputs(self, inputs: Any, initial_state: Any, constants: Any) -> tuple[Any, Any, Any]:
        """Inputs, states and constants, where a list of inputs may hold them all."""
        if isinstance(inputs, Sequence) and not isinstance(inputs, tuple):
            if not self._num_constants:
                initial_state = inputs[1:]
            else:
                initial_state = inputs[1 : -self._num_constants]
                constants = inputs[-self._num_constants :]
            if len(initial_state) == 0:
                initial_state = None
            inputs = inputs[0]
        if initial_state is None:
            initial_state = self.states if self.stateful else self.get_initial_state(inputs)
        if len(initial_state) != len(self.states):
            raise ValueError(
                f"Layer has {len(self.states)} states but was passed {len(initial_state)} initial states."
            )
        return inputs, initial_state, constants

    def reset_states(self, states: Any = None) -> None:
        """Set the states that are kept from batch to batch.

        Args:
            states: their values; zeros without.

        Raises:
            AttributeError: none are kept.
            ValueError: the size of a batch is not known, or states of another number or shape.
        """
        if not self.stateful:
            raise AttributeError("Layer must be stateful.")
        known = None if self.input_spec is None else self.input_spec[0].shape
        batch_size = None if known is None else known[1 if self.time_major else 0]
        if not batch_size:
            raise ValueError(
                "If a RNN is stateful, it needs to know its batch size. Specify the batch size of your "
                "input tensors: \n- If using a Sequential model, specify the batch size by passing a "
                "`batch_input_shape` argument to your first layer.\n- If using the functional API, specify "
                "the batch size by passing a `batch_shape` argument to your Input layer."
            )
        kept = flatten(self.states)
        if kept[0] is None:
            made = map_structure(
                lambda size: zeros([batch_size, *as_shape(size).as_list()]), self.cell.state_size
            )
            self.states = made if is_nested(made) else [made]
        elif states is None:
            for state, size in zip(kept, flatten(self.cell.state_size), strict=True):
                set_value(state, np.zeros([batch_size, *as_shape(size).as_list()]))
        else:
            given = flatten(states)
            if len(given) != len(kept):
                raise ValueError(
                    f"Layer {self.name} expects {len(kept)} states, but it received {len(given)} state "
                    f"values. Input received: {states}"
                )
            for i, (value, state) in enumerate(zip(given, kept, strict=True)):
                if value.shape != state.shape:
                    raise ValueError(
                        f"State {i} is incompatible with layer {self.name}: expected shape="
                        f"{(batch_size, state)}, found shape={value.shape}"
                    )
            batch_set_value(list(zip(kept, given, strict=True)))

    def get_config(self) -> dict[str, Any]:
        names = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "time_major")
        config = {name: getattr(self, name) for name in names}
        if self._num_constants:
            config["num_constants"] = self._num_constants
        if self.zero_output_for_mask:
            config["zero_output_for_mask"] = self.zero_output_for_mask
        config["cell"] = {"class_name": type(self.cell).__name__, "config": self.cell.get_config()}
        return {**super().get_config(), **config}

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        from perdure.keras.layers.serialization import deserialize

        cell = deserialize(config.pop("cell"), custom_objects=custom_objects)
        num_constants = config.pop("num_constants", 0)
        layer = cls(cell, **config)
        layer._num_constants = num_constants
        return layer
