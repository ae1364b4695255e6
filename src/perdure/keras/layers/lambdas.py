"""Lambda: a function as a layer."""

from __future__ import annotations

import inspect
import sys
import types
import warnings
from typing import Any

import numpy as np

from perdure.graph.graph import Graph
from perdure.graph.nest import flatten, map_structure
from perdure.graph.tensor_shape import TensorShape
from perdure.keras.backend.shapes import placeholder
from perdure.keras.backend.state import track_variable
from perdure.keras.engine.layer import Layer
from perdure.keras.utils.objects import deserialize_keras_object, func_dump, func_load
from perdure.keras.utils.structures import convert_shapes, shape_type_conversion
from perdure.variables.creation import variable_creator_scope


class Lambda(Layer):
    """A function as a layer; variables that it makes are those of the layer.

    Args:
        function: a function of the inputs; it may take `mask` and `training`, too.
        output_shape: the shape of an item of the output, or a function from the shape of the inputs to that
            of the output.
        mask: the mask of the output, or a function of the inputs and their mask.
        arguments: further arguments of the function.
        **kwargs: see `Layer`.
    """

    def __init__(
        self,
        function: Any,
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.function = function
        self.__dict__["arguments"] = arguments if arguments else {}
        if mask is not None:
            self.supports_masking = True
        self.mask = mask
        self.__dict__["_output_shape"] = output_shape
        self.__dict__["_variable_dict"] = {}
        names = inspect.getfullargspec(function).args
        self._fn_expects_training_arg = "training" in names
        self._fn_expects_mask_arg = "mask" in names

    arguments: dict[str, Any]
    _variable_dict: dict[Any, Any]
    _output_shape: Any

    @shape_type_conversion
    def compute_output_shape(self, input_shape: Any) -> Any:
        if self._output_shape is None:
            return self._tried_shape(input_shape)
        if callable(self._output_shape):
            return convert_shapes(self._output_shape(input_shape), to_tuples=False)
        shapes = convert_shapes(input_shape, to_tuples=False)
        batch = flatten(shapes)[0].as_list()[0] if input_shape else None
        wanted = convert_shapes(self._output_shape, to_tuples=False)
        return map_structure(lambda shape: TensorShape([batch, *shape.as_list()]), wanted)

    def _tried_shape(self, input_shape: Any) -> Any:
        """The shape of the result for inputs of a shape, found in a graph of its own."""
        with Graph().as_default():
            shapes = convert_shapes(input_shape, to_tuples=False)
            inputs = map_structure(lambda shape: placeholder(shape=shape, dtype=self.dtype), shapes)
            return map_structure(lambda output: output.shape, self.call(inputs, training=False))

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        arguments = self.arguments
        if self._fn_expects_mask_arg:
            arguments["mask"] = mask
        if self._fn_expects_training_arg:
            arguments["training"] = training
        with variable_creator_scope(self._create):
            return self.function(inputs, **arguments)

    def _create(self, next_creator: Any, **kwargs: Any) -> Any:
        name = kwargs["name"]
        if name not in self._variable_dict:
            variable = next_creator(**kwargs)
            self._variable_dict[name] = variable
            weights = self._trainable_weights if variable.trainable else self._non_trainable_weights
            weights.append(variable)
            track_variable(variable)
        return self._variable_dict[name]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self) -> dict[str, Any]:
        function, kind, module = _described(self.function)
        shape, shape_kind, shape_module = _described(self._output_shape, allow_raw=True)
        config = {
            "function": function,
            "function_type": kind,
            "module": module,
            "output_shape": shape,
            "output_shape_type": shape_kind,
            "output_shape_module": shape_module,
        }
        if self.mask is not None:
            config["mask"], config["mask_type"], config["mask_module"] = _described(self.mask)
        config["arguments"] = self.arguments
        return {**super().get_config(), **config}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        config = dict(config)
        config["function"] = _parsed(config, custom_objects, "function", "module")
        config["output_shape"] = _parsed(config, custom_objects, "output_shape", "output_shape_module")
        if "mask" in config:
            config["mask"] = _parsed(config, custom_objects, "mask", "mask_module")
        for key, value in config.get("arguments", {}).items():
            if isinstance(value, dict) and value.get("type") == "ndarray":
                config["arguments"][key] = np.array(value["value"])
        return cls(**config)


def _described(function: Any, allow_raw: bool = False) -> tuple[Any, str, str | None]:
    """A function as its code, or as its name."""
    if isinstance(function, types.LambdaType):
        return func_dump(function), "lambda", function.__module__
    if callable(function):
        return function.__name__, "function", function.__module__
    if allow_raw:
        return function, "raw", None
    raise ValueError(f"Invalid input for serialization, type: {type(function)} ")


def _parsed(config: dict[str, Any], custom_objects: Any, name: str, module_name: str) -> Any:
    """The function that a description of a layer has under a name."""
    known = dict(globals())
    module = config.pop(module_name, None)
    if module in sys.modules:
        known.update(vars(sys.modules[module]))
    elif module is not None:
        warnings.warn(
            f"{module} is not loaded, but a Lambda layer uses it. It may cause errors.",
            UserWarning,
            stacklevel=2,
        )
    known.update(custom_objects or {})
    kind = config.pop(f"{name}_type")
    if kind == "function":
        return deserialize_keras_object(
            config[name],
            custom_objects=custom_objects,
            printable_module_name="function in Lambda layer",
        )
    if kind == "lambda":
        return func_load(config[name], globs=known)
    if kind == "raw":
        return config[name]
    raise TypeError("Unknown function type:", kind)
