"""Layer: the base of all layers of Keras, a function with variables."""

from __future__ import annotations

import inspect
import json
import re
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from perdure.functional.array.array import placeholder
from perdure.functional.array.values import is_tensor
from perdure.functional.math.cast import cast
from perdure.functional.random.initializers import Initializer
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import as_dtype
from perdure.graph.nest import flatten, map_structure
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.keras import constraints, initializers, regularizers
from perdure.keras.backend.state import get_graph, track_variable, unique_object_name
from perdure.keras.config import floatx
from perdure.keras.engine.calls import (
    call_context,
    create_keras_history,
    default,
    have_all_keras_metadata,
    needs_keras_history,
)
from perdure.keras.engine.connected import Connected
from perdure.keras.engine.gathering import Gathering
from perdure.keras.utils.objects import serialize_keras_object, validate_kwargs
from perdure.keras.utils.structures import are_all_symbolic_tensors
from perdure.layers.input_spec import InputSpec, assert_input_compatibility
from perdure.tracking.auto import AutoTrackable
from perdure.tracking.structures import sticky_attribute_assignment
from perdure.tracking.trackable import no_automatic_dependency_tracking
from perdure.tracking.weights import has_weights
from perdure.variables.base import Variable, VariableAggregation, VariableSynchronization
from perdure.variables.resource_variable import UnreadVariable

_ARGUMENTS = ("input_shape", "batch_input_shape", "batch_size", "weights", "activity_regularizer", "autocast")


def to_snake_case(name: str) -> str:
    """A class name as layers are named after it: "MaxPooling2D" is "max_pooling2d"."""
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    return "private" + name if name.startswith("_") else name


def make_variable(
    name: str,
    shape: Any = None,
    dtype: Any = dtypes.float32,
    initializer: Any = None,
    trainable: bool | None = None,
    use_resource: bool | None = None,
    partitioner: Any = None,
    **arguments: Any,
) -> Any:
    """A variable of a layer or an optimizer; of the resource kind by default.

    Args:
        name, trainable, use_resource, **arguments: see `tf.Variable`.
        shape: its shape.
        dtype: its element type.
        initializer: a function of the shape and the type, a class of such, or a value.
        partitioner: ignored, as by TensorFlow 1.15.
    """
    dtype = as_dtype(dtype)
    initial: Any = initializer
    kind = None
    if initializer is None or callable(initializer):
        if isinstance(initializer, type) and issubclass(initializer, Initializer):
            initializer = initializer()
        initial = lambda: initializer(shape, dtype=dtype)  # noqa: E731
        kind = dtype.base_dtype
    known = TensorShape(shape)
    return Variable(
        initial_value=initial,
        name=name,
        trainable=trainable,
        dtype=kind,
        use_resource=True if use_resource is None else use_resource,
        shape=known if known.ndims is not None else None,
        **arguments,
    )


class Layer(Gathering, Connected, AutoTrackable):
    """A function with variables.

    A subclass makes its variables in `build(input_shape)` with `add_weight`, or in its constructor, and
    computes in `call(inputs, ...)`.

    Args:
        trainable: whether optimizers change its variables.
        name: its name; after its class if None.
        dtype: the type of its variables; that of its first input if None.
        dynamic: whether it can only run eagerly, which is not supported.
        **kwargs: `input_shape`, `batch_input_shape`, `batch_size`: the shape of the input of a model that
            begins with it; `weights`: the values of its variables; `activity_regularizer`: a function from
            an output to a loss, which is divided by the batch size; `autocast`: whether inputs of other
            float types are cast to its own.

    Raises:
        TypeError: an unknown argument.
        NotImplementedError: `dynamic`.
    """

    # Structures that hold the layer set it; variables of Keras are of the resource kind anyway.
    _use_resource_variables = True
    _trainable_weights: list[Any]
    _name: str
    _dtype: str | None
    _input_spec: Any

    @no_automatic_dependency_tracking
    def __init__(
        self,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
        dynamic: bool = False,
        **kwargs: Any,
    ) -> None:
        validate_kwargs(kwargs, _ARGUMENTS)
        if dynamic:
            raise NotImplementedError(
                "Layers with dynamic=True run eagerly, which perdure does not support: describe them with "
                "tf.cond and tf.while_loop"
            )
        self._trainable = trainable
        self.stateful = False
        self.built = False
        self.input_spec = None
        self.supports_masking = False
        self._init_set_name(name)
        self._activity_regularizer = kwargs.pop("activity_regularizer", None)
        for attribute in ("_trainable_weights", "_non_trainable_weights", "_layers"):
            self._maybe_create_attribute(attribute, [])
        self._updates = []
        self._callable_losses = []
        self._losses = []
        self._metrics = []
        self._set_dtype(dtype)
        self._autocast = kwargs.get("autocast", False)
        self._inbound_nodes = []
        self._outbound_nodes = []
        self._init_call_fn_args()
        if "batch_input_shape" in kwargs:
            self._batch_input_shape = tuple(kwargs["batch_input_shape"])
        elif "input_shape" in kwargs:
            self._batch_input_shape = (kwargs.get("batch_size"), *kwargs["input_shape"])
        self._initial_weights = kwargs.get("weights")

    # -- for subclasses --------------------------------------------------------------------

    @default
    def build(self, input_shape: Any) -> None:
        """Make the variables.

        Args:
            input_shape: the static shape of the inputs, with the structure that they have.
        """
        self.built = True

    if TYPE_CHECKING:
        call: Any  # subclasses take what they want
    else:

        def call(self, inputs: Any, **kwargs: Any) -> Any:
            """What the layer computes."""
            return inputs

    def add_weight(
        self,
        name: str | None = None,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        trainable: bool | None = None,
        constraint: Any = None,
        partitioner: Any = None,
        use_resource: bool | None = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
        **kwargs: Any,
    ) -> Any:
        """Make a variable of the layer.

        Args:
            name: its name.
            shape: its shape; a scalar if None.
            dtype: its element type; that of the layer, or `floatx()`, if None.
            initializer: an initializer or its name; for None, glorot_uniform for floats and zeros for others.
            regularizer: a function from the variable to a loss.
            trainable: whether optimizers change it, if the layer is trainable.
            constraint: see `tf.Variable`.
            partitioner: ignored, as by TensorFlow 1.15.
            use_resource, synchronization, aggregation: see `tf.Variable`.
            **kwargs: `getter`: what makes the variable; `collections`: see `tf.Variable`.

        Raises:
            TypeError: an unknown argument.
            ValueError: trainable with synchronization ON_READ, or no initializer for the type.
        """
        for key in kwargs:
            if key not in ("getter", "collections", "experimental_autocast"):
                raise TypeError("Unknown keyword argument:", key)
        kind = as_dtype(dtype or self.dtype or floatx())
        if self._dtype is None:
            self._dtype = kind.base_dtype.name
        initializer = initializers.get(initializer)
        regularizer = regularizers.get(regularizer)
        constraint = constraints.get(constraint)
        if synchronization == VariableSynchronization.ON_READ:
            if trainable:
                raise ValueError(
                    "Synchronization value can be set to VariableSynchronization.ON_READ only for "
                    "non-trainable variables. You have specified trainable=True and "
                    "synchronization=VariableSynchronization.ON_READ."
                )
            trainable = False
        elif trainable is None:
            trainable = True
        if initializer is None:
            if kind.is_floating:
                initializer = initializers.GlorotUniform()
            elif kind.is_integer or kind.is_unsigned or kind.is_bool:
                initializer = initializers.Zeros()
            else:
                raise ValueError(
                    f"An initializer for variable {name} of type {kind.base_dtype} is required for layer "
                    f"{self.name}"
                )
        variable = self._add_variable_with_custom_getter(
            name=name,  # type: ignore[arg-type]
            shape=() if shape is None else shape,
            getter=kwargs.get("getter", make_variable),
            overwrite=True,
            initializer=initializer,
            dtype=kind,
            constraint=constraint,
            trainable=trainable,
            partitioner=partitioner,
            use_resource=use_resource,
            collections=kwargs.get("collections"),
            synchronization=synchronization,
            aggregation=aggregation,
        )
        track_variable(variable)
        if regularizer is not None:
            self._handle_weight_regularization(variable.name.partition(":")[0], variable, regularizer)
        (self._trainable_weights if trainable else self._non_trainable_weights).append(variable)
        return variable

    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """The older name of `add_weight`."""
        return self.add_weight(*args, **kwargs)

    @default
    def get_config(self) -> dict[str, Any]:
        """The arguments that make the layer again.

        Raises:
            NotImplementedError: a subclass whose constructor has arguments does not define it.
        """
        arguments = inspect.getfullargspec(self.__init__).args  # type: ignore[misc]
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable}
        if hasattr(self, "_batch_input_shape"):
            config["batch_input_shape"] = self._batch_input_shape
        config["dtype"] = self.dtype
        extra = [name for name in arguments if name not in config and name != "dynamic"]
        if len(extra) > 1 and hasattr(self.get_config, "_is_default"):
            raise NotImplementedError("Layers with arguments in `__init__` must override `get_config`.")
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The layer that `get_config` described, without the values of its variables."""
        return cls(**config)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The static shape of the output for that of the input.

        Raises:
            NotImplementedError: the layer does not say.
        """
        raise NotImplementedError

    def compute_output_signature(self, input_signature: Any) -> Any:
        """The shape and type of the output for those of the input.

        Args:
            input_signature: a structure of objects with `shape` and `dtype`, such as `tf.TensorSpec`.

        Raises:
            NotImplementedError: the layer does not say its output's shape.
        """
        shapes = self.compute_output_shape(map_structure(lambda s: s.shape, input_signature))
        first: Any = flatten(input_signature)[0]
        dtype = self._dtype or first.dtype
        return map_structure(lambda shape: type(first)(dtype=dtype, shape=shape), shapes)

    @default
    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of the output: which of its time steps count.

        Args:
            inputs: the inputs of the call.
            mask: their masks.

        Raises:
            TypeError: the layer supports no masks.
        """
        if not self.supports_masking:
            if any(m is not None for m in flatten(mask)):
                raise TypeError(
                    f"Layer {self.name} does not support masking, but was passed an input_mask: {mask}"
                )
            return None
        return mask

    # -- calling it ------------------------------------------------------------------------

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        inputs = map_structure(
            lambda x: convert_to_tensor(x) if isinstance(x, (np.ndarray, float, int)) else x, inputs
        )
        by_framework = []
        masks = self._collect_input_masks(inputs, args, kwargs)
        if self._expects_mask_arg and masks is not None and not self._was_passed("mask", args, kwargs):
            by_framework.append("mask")
            kwargs["mask"] = masks
        training = self._training(args, kwargs, by_framework)
        if needs_keras_history(inputs):
            create_keras_history(inputs)
        with call_context.enter(self, inputs, training):
            assert_input_compatibility(self.input_spec, inputs, self.name)
            with get_graph().as_default(), name_scope(self._name_scope()):
                self._maybe_build(inputs)
                outputs = self.call(self._maybe_cast_inputs(inputs), *args, **kwargs)
                if outputs is None:
                    raise ValueError(
                        "A layer's `call` method should return a Tensor or a list of Tensors, not None "
                        f"(layer: {self.name})."
                    )
                if have_all_keras_metadata(inputs):
                    for name in by_framework:
                        kwargs.pop(name)
                    inputs, outputs = self._set_connectivity_metadata_(inputs, outputs, args, kwargs)
                self._handle_activity_regularization(inputs, outputs)
                self._set_mask_metadata(inputs, outputs, masks)
                self._called(inputs, outputs)
        return outputs

    def _called(self, inputs: Any, outputs: Any) -> None:
        """What a model does after its first call."""

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as calling the layer."""
        return self(inputs, *args, **kwargs)

    def _training(self, args: Any, kwargs: dict[str, Any], by_framework: list[str]) -> Any:
        """The `training` argument, which layers inside another one inherit; puts it into `kwargs`."""
        if self._was_passed("training", args, kwargs):
            value = self._passed("training", args, kwargs)
            if not self._expects_training_arg:
                kwargs.pop("training")
            return value
        value = call_context.training
        if self._expects_training_arg and value is not None:
            kwargs["training"] = cast(value, dtypes.bool) if is_tensor(value) else bool(value)
            by_framework.append("training")
        return value

    def _maybe_build(self, inputs: Any) -> None:
        if not self.built:
            assert_input_compatibility(self.input_spec, inputs, self.name)
            tensors = flatten(inputs)
            if tensors and self._dtype is None and hasattr(tensors[0], "dtype"):
                self._dtype = as_dtype(tensors[0].dtype).base_dtype.name
            shapes = None
            if all(hasattr(x, "shape") for x in tensors):
                shapes = map_structure(lambda x: x.shape, inputs)
            if not hasattr(self.build, "_is_default"):
                self.build(shapes)
            self.built = True
        if getattr(self, "_initial_weights", None) is not None:
            self.set_weights(self._initial_weights)
            self._initial_weights = None

    def _maybe_cast_inputs(self, inputs: Any) -> Any:
        if not self._autocast or not self._dtype or not as_dtype(self._dtype).is_floating:
            return inputs

        def casted(x: Any) -> Any:
            if isinstance(x, Tensor) and x.dtype.is_floating and x.dtype.base_dtype.name != self._dtype:
                return cast(x, self._dtype)
            return x

        return map_structure(casted, inputs)

    def _collect_input_masks(self, inputs: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        if self._was_passed("mask", args, kwargs):
            return self._passed("mask", args, kwargs)
        if not self._should_compute_mask:
            return None
        masks = map_structure(lambda t: getattr(t, "_keras_mask", None), inputs)
        return None if all(m is None for m in flatten(masks)) else masks

    def _set_mask_metadata(self, inputs: Any, outputs: Any, previous_mask: Any) -> None:
        tensors = flatten(outputs)
        masks = [getattr(x, "_keras_mask", None) for x in tensors]
        known = getattr(self, "_compute_output_and_mask_jointly", False)
        if not known and any(mask is None for mask in masks):
            masks = [None] * len(tensors)
            if self.supports_masking or not getattr(self.compute_mask, "_is_default", False):
                found = self.compute_mask(inputs, previous_mask)
                if found is not None:
                    masks = flatten(found)
        for output, mask in zip(tensors, masks, strict=False):
            if hasattr(output, "__dict__"):
                output._keras_mask = mask
        if are_all_symbolic_tensors(tensors):
            for mask in masks:
                if mask is not None:
                    # It is no output that a layer would be needed for.
                    mask._keras_history_checked = True

    @property
    def _should_compute_mask(self) -> bool:
        return True

    # -- the arguments of call ---------------------------------------------------------------

    def _init_call_fn_args(self) -> None:
        spec = inspect.getfullargspec(self.call)
        names = spec.args[1:] if spec.args and spec.args[0] == "self" else spec.args
        self.__dict__["_call_fn_args"] = names + spec.kwonlyargs
        self.__dict__["_call_accepts_kwargs"] = spec.varkw is not None
        takes_any = spec.varkw is not None
        self.__dict__["_expects_training_arg"] = "training" in self._call_fn_args or takes_any
        self.__dict__["_expects_mask_arg"] = "mask" in self._call_fn_args or takes_any

    _call_fn_args: list[str]
    _expects_training_arg: bool
    _expects_mask_arg: bool

    def _was_passed(self, name: str, args: Any, kwargs: dict[str, Any]) -> bool:
        return name in kwargs or name in self._call_fn_args[1 : 1 + len(args)]

    def _passed(self, name: str, args: Any, kwargs: dict[str, Any]) -> Any:
        if name in kwargs:
            return kwargs[name]
        return dict(zip(self._call_fn_args[1:], args, strict=False))[name]

    # -- what it is --------------------------------------------------------------------------

    def _set_dtype(self, dtype: Any) -> None:
        if dtype is not None and not isinstance(dtype, (str, type, dtypes.DType, np.dtype)):
            raise NotImplementedError(
                f"Policies of mixed precision are not supported: dtype={dtype!r}; pass a type"
            )
        self._dtype = None if not dtype else as_dtype(dtype).name

    @property
    def dtype(self) -> str | None:
        """The name of the type of its variables; None before it is known."""
        return self._dtype

    @property
    def name(self) -> Any:
        """Its name, and that of the name scope of its calls."""
        return self._name

    @property
    def dynamic(self) -> bool:
        """Whether it can only run eagerly: never."""
        return False

    @property
    def trainable(self) -> bool:
        """Whether optimizers change its variables; setting it sets those of the layers in it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value
        for layer in getattr(self, "_layers", ()):
            layer.trainable = value

    @property
    def activity_regularizer(self) -> Any:
        """The function from an output to a loss."""
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, regularizer: Any) -> None:
        self._activity_regularizer = regularizer

    @property
    def input_spec(self) -> Any:
        """What it requires of its inputs: an InputSpec, one for each input, or None."""
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        for spec in flatten(value):
            if spec is not None and not isinstance(spec, InputSpec):
                raise TypeError(f"Layer input_spec must be an instance of InputSpec. Got: {spec}")
        self.__dict__["_input_spec"] = value

    def count_params(self) -> int:
        """How many numbers its variables hold.

        Raises:
            ValueError: it has no variables yet.
        """
        if not self.built:
            if not getattr(self, "_is_graph_network", False):
                raise ValueError(
                    f"You tried to call `count_params` on {self.name}, but the layer isn't built. You can "
                    f"build it manually via: `{self.name}.build(batch_input_shape)`."
                )
            self._maybe_build(self.inputs)  # type: ignore[attr-defined]
        return int(sum(np.prod(w.shape.as_list()) for w in self.weights))

    def _name_scope(self) -> str:
        return self.name

    def _init_set_name(self, name: str | None, zero_based: bool = True) -> None:
        proposed = name or unique_object_name(to_snake_case(type(self).__name__), zero_based=zero_based)
        self.__dict__["_name"] = proposed

    def _is_layer(self) -> bool:
        return True

    @property
    def _object_identifier(self) -> str:
        return "_tf_keras_layer"

    @property
    def _tracking_metadata(self) -> str:
        metadata: dict[str, Any] = {
            "class_name": type(self).__name__,
            "name": self.name,
            "trainable": self.trainable,
            "expects_training_arg": self._expects_training_arg,
            "dtype": self.dtype,
            "batch_input_shape": getattr(self, "_batch_input_shape", None),
        }
        try:
            metadata["config"] = self.get_config()
        except NotImplementedError:
            pass
        specs = map_structure(lambda x: x and serialize_keras_object(x), self.input_spec)
        metadata["input_spec"] = specs
        regularizer = self.activity_regularizer
        has_config = regularizer is not None and hasattr(regularizer, "get_config")
        metadata["activity_regularizer"] = serialize_keras_object(regularizer) if has_config else None
        from perdure.keras.utils.json import get_json_type

        return json.dumps(metadata, default=get_json_type)

    # -- attributes --------------------------------------------------------------------------

    def _maybe_create_attribute(self, name: str, default_value: Any) -> None:
        self.__dict__.setdefault(name, default_value)

    def __setattr__(self, name: str, value: Any) -> None:
        if (
            name == "_self_setattr_tracking"
            or not self._self_setattr_tracking
            or getattr(self, "_is_graph_network", False)
            or hasattr(type(self), name)
        ):
            try:
                object.__setattr__(self, name, value)
            except AttributeError:
                raise AttributeError(
                    f'Can\'t set the attribute "{name}", likely because it conflicts with an existing '
                    "read-only @property of the object. Please choose a different name."
                ) from None
            return
        value = sticky_attribute_assignment(self, name, value)
        if name in self.__dict__:
            self._forget(name, value)
        if type(self).__name__ != "Sequential" and (isinstance(value, Layer) or has_weights(value)):
            self._maybe_create_attribute("_layers", [])
            if not any(layer is value for layer in self._layers):
                self._layers.append(value)
                if hasattr(value, "_use_resource_variables"):
                    value._use_resource_variables = True
        for item in flatten(value):
            if isinstance(item, Variable) and not isinstance(item, UnreadVariable):
                self._hold(item)
        object.__setattr__(self, name, value)

    def _hold(self, variable: Any) -> None:
        """Count a variable that was assigned to an attribute among the layer's own."""
        for kind in ("_trainable_weights", "_non_trainable_weights"):
            self._maybe_create_attribute(kind, [])
        weights = self._trainable_weights if variable.trainable else self._non_trainable_weights
        if not any(variable is w for w in weights):
            weights.append(variable)
        track_variable(variable)

    def __delattr__(self, name: str) -> None:
        if name in self.__dict__:
            self._untrack(name)
            self._forget(name, None)
        object.__delattr__(self, name)

    def _forget(self, name: str, successor: Any) -> None:
        """Let go of what an attribute held, unless another attribute holds it too."""
        old = self.__dict__[name]
        if old is successor or not (isinstance(old, (Layer, Variable)) or has_weights(old)):
            return
        if any(value is old for key, value in self.__dict__.items() if key != name):
            return
        kinds = (
            ("_layers",)
            if not isinstance(old, Variable)
            else (
                "_trainable_weights",
                "_non_trainable_weights",
            )
        )
        for kind in kinds:
            if kind in self.__dict__:
                self.__dict__[kind] = [item for item in self.__dict__[kind] if item is not old]


def generate_placeholders_from_shape(shape: Any) -> Tensor:
    """A placeholder of a shape, for building a model without data."""
    return placeholder(shape=shape, dtype=floatx())
