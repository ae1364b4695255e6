"""Layers around layers: Wrapper, TimeDistributed, Bidirectional."""

from __future__ import annotations

import copy
import inspect
from typing import Any, ClassVar

from perdure.functional.array.array import reshape
from perdure.functional.array.array import shape as shape_op
from perdure.graph.defaults import name_scope
from perdure.graph.nest import flatten
from perdure.graph.tensor_shape import TensorShape
from perdure.keras.backend.arrays import concatenate, reverse
from perdure.keras.backend.math import any as reduce_any
from perdure.keras.backend.rnn import rnn
from perdure.keras.backend.shapes import int_shape, is_keras_tensor
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.rnn import standardize_args
from perdure.keras.utils.objects import has_arg
from perdure.keras.utils.structures import shape_type_conversion
from perdure.layers.input_spec import InputSpec


def _identity(inputs: Any) -> str:
    """What tells inputs apart."""
    return ", ".join(str(abs(id(x))) for x in flatten(inputs))


class Wrapper(Layer):
    """A layer around a layer.

    Args:
        layer: the layer inside.
        **kwargs: see `Layer`.
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        assert isinstance(layer, Layer)
        super().__init__(**kwargs)
        object.__setattr__(self, "_input_map", {})
        if self._has_weights_of_layer:
            self.layer = layer
        else:
            object.__setattr__(self, "layer", layer)

    _has_weights_of_layer: ClassVar[bool] = True
    _input_map: dict[str, Any]
    layer: Any

    def build(self, input_shape: Any = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
        self.built = True

    @property  # type: ignore[misc]
    def activity_regularizer(self) -> Any:
        """The inner layer's."""
        return getattr(self.layer, "activity_regularizer", None)

    def get_config(self) -> dict[str, Any]:
        inner = {"class_name": type(self.layer).__name__, "config": self.layer.get_config()}
        return {**super().get_config(), "layer": inner}

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        from perdure.keras.layers.serialization import deserialize

        return cls(deserialize(config.pop("layer"), custom_objects=custom_objects), **config)


class TimeDistributed(Wrapper):
    """A layer applied to each time step.

    Args:
        layer: the layer.
        **kwargs: see `Layer`.

    Raises:
        ValueError: it is none.
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Please initialize `TimeDistributed` layer with a `Layer` instance. You passed: {layer}"
            )
        super().__init__(layer, **kwargs)
        self.supports_masking = True
        is_own = type(layer).__module__.startswith("perdure.keras.")
        self._always_use_reshape = is_own and not getattr(layer, "stateful", False)

    def _sizes(self, first: tuple[Any, ...], tensor: Any, start: int, known: Any = None) -> tuple[Any, ...]:
        """Sizes for a reshape: known ones, and those that only the session knows.

        Args:
            first: what stands in front.
            tensor: what is reshaped.
            start: from which axis on its sizes are taken.
            known: the known sizes.
        """
        if known is None:
            known = int_shape(tensor)[start:]
        if all(known):
            return first + tuple(known)
        sizes = shape_op(tensor)
        return first + tuple(s if s else sizes[start + i] for i, s in enumerate(known))

    def build(self, input_shape: Any = None) -> None:
        sizes = TensorShape(input_shape).as_list()
        if len(sizes) < 3:
            raise ValueError(
                "`TimeDistributed` Layer should be passed an `input_shape ` with at least 3 dimensions, "
                f"received: {sizes}"
            )
        self.input_spec = InputSpec(shape=[None, None, *sizes[2:]])
        super().build((sizes[0], *sizes[2:]))
        self.built = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        inner = self.layer.compute_output_shape(TensorShape([sizes[0], *sizes[2:]]))
        inner = TensorShape(inner).as_list()
        return TensorShape([inner[0], sizes[1], *inner[1:]])

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        kwargs = {"training": training} if has_arg(self.layer.call, "training") else {}
        sizes = int_shape(inputs)
        if sizes[0] and not self._always_use_reshape:

            def step(x: Any, _: Any) -> tuple[Any, Any]:
                return self.layer(x, **kwargs), []

            return rnn(step, inputs, initial_states=[], input_length=sizes[1], unroll=False)[1]
        steps = sizes[1] or shape_op(inputs)[1]
        inner_sizes = self._sizes((-1,), inputs, 2)
        identity = _identity(inputs)
        inputs = reshape(inputs, inner_sizes)
        self._input_map[identity] = inputs
        if mask is not None and has_arg(self.layer.call, "mask"):
            kwargs["mask"] = reshape(mask, self._sizes((-1,), mask, 2))
        output = self.layer(inputs, **kwargs)
        known = self.compute_output_shape(sizes).as_list()
        return reshape(output, self._sizes((-1, steps), output, 1, known[2:]))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        sizes = int_shape(inputs)
        if sizes[0]:
            return mask
        inner_mask = mask
        if inner_mask is not None:
            inner_mask = reshape(inner_mask, self._sizes((-1,), mask, 2))
        inner_inputs = self._input_map.get(_identity(inputs), inputs)
        output_mask = self.layer.compute_mask(inner_inputs, inner_mask)
        if output_mask is None:
            if mask is None:
                return None
            output_mask = mask
            for _ in range(2, len(int_shape(mask))):
                output_mask = reduce_any(output_mask, axis=-1)
            return output_mask
        steps = sizes[1] or shape_op(inputs)[1]
        known = int_shape(output_mask)
        if known is None:
            known = int_shape(mask)
        return reshape(output_mask, self._sizes((-1, steps), output_mask, 1, known[1:]))


class Bidirectional(Wrapper):
    """A recurrent layer, and its like that runs backwards.

    Args:
        layer: the layer.
        merge_mode: how their outputs become one: "concat", "sum", "mul", "ave"; None: they are two.
        weights: the initial weights of both.
        backward_layer: the layer that runs backwards, if it is not made from the first.
        **kwargs: see `Layer`.

    Raises:
        ValueError: a wrong argument, or layers that do not match.
    """

    # The layer that is given is only what the two are made from.
    _has_weights_of_layer = False

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(
                f"Please initialize `Bidirectional` layer with a `Layer` instance. You passed: {layer}"
            )
        if backward_layer is not None and not isinstance(backward_layer, Layer):
            raise ValueError(f"`backward_layer` need to be a `Layer` instance. You passed: {backward_layer}")
        if merge_mode not in ("sum", "mul", "ave", "concat", None):
            raise ValueError(
                'Invalid merge mode. Merge mode should be one of {"sum", "mul", "ave", "concat", None}'
            )
        forward: Any = self._recreate_layer_from_config(layer)
        if backward_layer is None:
            backward = self._recreate_layer_from_config(layer, go_backwards=True)
        else:
            backward = backward_layer
            object.__setattr__(self, "_backward_layer_config", backward_layer.get_config())
        forward._name = f"forward_{forward.name}"
        backward._name = f"backward_{backward.name}"
        _check_pair(forward, backward)
        for inner in (forward, backward):
            if getattr(inner, "zero_output_for_mask", None) is not None:
                inner.zero_output_for_mask = inner.return_sequences
        if weights:
            half = len(weights) // 2
            forward.initial_weights = weights[:half]
            backward.initial_weights = weights[half:]
        super().__init__(layer, **kwargs)
        self.forward_layer: Any = forward
        self.backward_layer: Any = backward
        self.merge_mode = merge_mode
        self.stateful = layer.stateful
        self.return_sequences = forward.return_sequences
        self.return_state = forward.return_state
        self.supports_masking = True
        self._num_constants = 0
        self.input_spec = layer.input_spec

    @staticmethod
    def _recreate_layer_from_config(layer: Any, go_backwards: bool = False) -> Any:
        """A layer like another, or one that runs the other way."""
        config = layer.get_config()
        if go_backwards:
            config["go_backwards"] = not config["go_backwards"]
        if "custom_objects" not in inspect.getfullargspec(type(layer).from_config).args:
            return type(layer).from_config(config)
        cell = getattr(layer, "cell", None)
        cells = [] if cell is None else [cell, *getattr(cell, "cells", [])]
        return type(layer).from_config(config, custom_objects={type(c).__name__: type(c) for c in cells})

    @shape_type_conversion
    def compute_output_shape(self, input_shape: Any) -> Any:
        output_shape: Any = self.forward_layer.compute_output_shape(input_shape)
        states: list[Any] = []
        if self.return_state:
            shapes = [tuple(TensorShape(shape).as_list()) for shape in output_shape]
            output_shape, states = shapes[0], shapes[1:]
        output_shape = tuple(TensorShape(output_shape).as_list())
        if self.merge_mode == "concat":
            output_shape = (*output_shape[:-1], output_shape[-1] * 2)
        elif self.merge_mode is None:
            return [output_shape, output_shape, *states, *states]
        return [output_shape, *states, *states] if self.return_state else output_shape

    def __call__(  # type: ignore[override]
        self, inputs: Any, initial_state: Any = None, constants: Any = None, **kwargs: Any
    ) -> Any:
        """Apply the layer.

        Args:
            inputs: the inputs, or a list of them, the states and the constants.
            initial_state: the states before the first step, of the forward layer and of the backward one.
            constants: what every step is given.
            **kwargs: further arguments of `call`.
        """
        inputs, initial_state, constants = standardize_args(
            inputs, initial_state, constants, self._num_constants
        )
        if isinstance(inputs, list):
            if len(inputs) > 1:
                initial_state = inputs[1:]
            inputs = inputs[0]
        if initial_state is None and constants is None:
            return super().__call__(inputs, **kwargs)
        more: list[Any] = []
        specs: list[Any] = []
        if initial_state is not None:
            half, rest = divmod(len(initial_state), 2)
            if rest:
                raise ValueError(
                    "When passing `initial_state` to a Bidirectional RNN, the state should be a list "
                    f"containing the states of the underlying RNNs. Found: {initial_state}"
                )
            kwargs["initial_state"] = initial_state
            more += initial_state
            specs += [InputSpec(shape=int_shape(state)) for state in initial_state]
            self.forward_layer.state_spec = specs[:half]
            self.backward_layer.state_spec = specs[half:]
        if constants is not None:
            kwargs["constants"] = constants
            more += constants
            of_constants = [InputSpec(shape=int_shape(constant)) for constant in constants]
            specs += of_constants
            self._num_constants = len(constants)
            for inner in (self.forward_layer, self.backward_layer):
                inner.constants_spec = of_constants
                inner._num_constants = self._num_constants
        of_keras = is_keras_tensor(more[0])
        if any(is_keras_tensor(tensor) != of_keras for tensor in more):
            raise ValueError(
                "The initial state of a Bidirectional layer cannot be specified with a mix of Keras tensors "
                'and non-Keras tensors (a "Keras tensor" is a tensor that was returned by a Keras layer, or '
                "by `Input`)"
            )
        if not of_keras:
            return super().__call__(inputs, **kwargs)
        kwargs["initial_state"] = kwargs["constants"] = None
        own_spec = self.input_spec
        self.input_spec = [None for _ in flatten(inputs)] + specs
        output = super().__call__([inputs, *more], **kwargs)
        self.input_spec = own_spec
        return output

    def call(  # type: ignore[override]
        self,
        inputs: Any,
        training: Any = None,
        mask: Any = None,
        initial_state: Any = None,
        constants: Any = None,
    ) -> Any:
        given = {"training": training, "mask": mask, "constants": constants}
        kwargs = {name: value for name, value in given.items() if has_arg(self.layer.call, name)}
        if has_arg(self.layer.call, "initial_state"):
            ahead = behind = inputs
            ahead_state = behind_state = None
            if isinstance(inputs, list) and len(inputs) > 1:
                pivot = (len(inputs) - self._num_constants) // 2 + 1
                end = len(inputs) - self._num_constants
                ahead = [inputs[0], *inputs[1:pivot], *inputs[end:]]
                behind = [inputs[0], *inputs[pivot:end], *inputs[end:]]
                if "constants" in kwargs:
                    kwargs["constants"] = None
            elif initial_state is not None:
                half = len(initial_state) // 2
                ahead_state, behind_state = initial_state[:half], initial_state[half:]
            output = self.forward_layer(ahead, initial_state=ahead_state, **kwargs)
            backward = self.backward_layer(behind, initial_state=behind_state, **kwargs)
        else:
            output = self.forward_layer(inputs, **kwargs)
            backward = self.backward_layer(inputs, **kwargs)
        states = []
        if self.return_state:
            states = output[1:] + backward[1:]
            output, backward = output[0], backward[0]
        if self.return_sequences:
            backward = reverse(backward, 1)
        merged = self._merged(output, backward)
        if self.merge_mode is None:
            return merged + states
        return [merged, *states] if self.return_state else merged

    def _merged(self, output: Any, backward: Any) -> Any:
        """The outputs of the two layers, as one if they are merged."""
        if self.merge_mode == "concat":
            return concatenate([output, backward])
        if self.merge_mode == "sum":
            return output + backward
        if self.merge_mode == "ave":
            return (output + backward) / 2
        if self.merge_mode == "mul":
            return output * backward
        return [output, backward]

    def reset_states(self) -> None:
        """Set the states that are kept from batch to batch to zeros."""
        self.forward_layer.reset_states()
        self.backward_layer.reset_states()

    def build(self, input_shape: Any = None) -> None:
        for inner in (self.forward_layer, self.backward_layer):
            with name_scope(inner.name):
                inner.build(input_shape)
        self.built = True

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if isinstance(mask, list):
            mask = mask[0]
        of_one = mask if self.return_sequences else None
        output_mask: Any = of_one if self.merge_mode else [of_one, of_one]
        if not self.return_state:
            return output_mask
        states = [None for _ in self.forward_layer.states] * 2
        return output_mask + states if isinstance(output_mask, list) else [output_mask, *states]

    @property
    def constraints(self) -> dict[Any, Any]:
        """The constraints of both layers' variables."""
        found: dict[Any, Any] = {}
        for inner in (self.forward_layer, self.backward_layer):
            found.update(getattr(inner, "constraints", {}))
        return found

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"merge_mode": self.merge_mode}
        if self._num_constants:
            config["num_constants"] = self._num_constants
        if hasattr(self, "_backward_layer_config"):
            name = type(self.backward_layer).__name__
            config["backward_layer"] = {"class_name": name, "config": self._backward_layer_config}
        return {**super().get_config(), **config}

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        from perdure.keras.layers.serialization import deserialize

        config = copy.copy(config)
        num_constants = config.pop("num_constants", 0)
        backward = config.pop("backward_layer", None)
        if backward is not None:
            config["backward_layer"] = deserialize(backward, custom_objects=custom_objects)
        layer = super().from_config(config, custom_objects=custom_objects)
        layer._num_constants = num_constants
        return layer


def _check_pair(forward: Any, backward: Any) -> None:
    """Refuse two layers that cannot be one's two directions."""
    if forward.go_backwards == backward.go_backwards:
        raise ValueError("Forward layer and backward layer should have different `go_backwards` value.")
    for name in ("stateful", "return_sequences", "return_state"):
        of_forward, of_backward = getattr(forward, name), getattr(backward, name)
        if of_forward != of_backward:
            raise ValueError(
                "Forward layer and backward layer are expected to have the same value for attribute "
                f"{name}, got {of_forward} and {of_backward}"
            )
