"""Layer: the base of tf.layers, a function with variables that are made at its first call."""

from __future__ import annotations

import functools
import inspect
import re
import threading
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from perdure.functional.array.array import shape as shape_op
from perdure.functional.math.cast import cast
from perdure.graph import dtypes
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import get_default_graph, name_scope
from perdure.graph.dtypes import DType, as_dtype
from perdure.graph.keys import GraphKeys
from perdure.graph.nest import flatten, map_structure
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_session
from perdure.graph.tensor import Tensor, is_tensor_like
from perdure.layers.arguments import function_of, initializer_of
from perdure.layers.input_spec import InputSpec, assert_input_compatibility
from perdure.tracking.trackable import Trackable
from perdure.variables.base import VariableAggregation, VariableSynchronization
from perdure.variables.collections import global_variables, trainable_variables
from perdure.variables.partitioned_variable import PartitionedVariable
from perdure.variables.scope import VariableScope
from perdure.variables.variable_scope import get_variable, variable_scope

__all__ = ["InputSpec", "Layer"]

# How many layers of each class a graph has, for their names.
_layer_counts: weakref.WeakKeyDictionary[Any, Counter[str]] = weakref.WeakKeyDictionary()
# Arguments that only Keras' models look at.
_KERAS_ARGUMENTS = {"input_shape", "batch_input_shape", "batch_size", "weights", "autocast"}


class _Calls(threading.local):
    """The inputs and `training` arguments of the layers that are being called, outermost first."""

    def __init__(self) -> None:
        self.inputs: list[list[Any]] = []
        self.training: list[Any] = []


_calls = _Calls()


class Layer(Trackable):
    """A function with variables.

    A subclass makes its variables in `build(input_shape)` with `add_weight` and computes in
    `call(inputs, ...)`.  The variables live in a variable scope that is named after the layer; calling the
    layer again shares them.

    Args:
        trainable: whether optimizers change its variables by default.
        name: its name, and that of its variable scope.
        dtype: the type of its variables; that of its first input if None.
        activity_regularizer: a function from an output to a loss, which is divided by the batch size.

    Raises:
        TypeError: an unknown argument.
    """

    _is_layer = True
    # Set by structures that hold the layer: theirs are of the resource kind.
    _use_resource_variables = False

    def __init__(self, trainable: bool = True, name: Any = None, dtype: Any = None, **kwargs: Any) -> None:
        self._reuse = kwargs.pop("_reuse", None)
        scope = kwargs.pop("_scope", None)
        self._activity_regularizer = kwargs.pop("activity_regularizer", None)
        for key in kwargs:
            if key in _KERAS_ARGUMENTS:
                raise NotImplementedError(f"{type(self).__name__}: the argument {key} is not supported")
            raise TypeError("Keyword argument not understood:", key)
        self._trainable = trainable
        self.stateful = False
        self.built = False
        self._input_spec: Any = None
        self._name, self._base_name = self._names(name)
        self._dtype = None if dtype is None else as_dtype(dtype).name
        self._trainable_weights: list[Any] = []
        self._non_trainable_weights: list[Any] = []
        self._updates: list[tuple[Operation, list[Any]]] = []
        self._losses: list[tuple[Any, list[Any] | None]] = []
        self._scope: VariableScope | None = None
        self._current_scope: VariableScope | None = None
        if scope:
            with variable_scope(scope) as captured:
                self._scope = captured

    def _names(self, name: Any) -> tuple[str, str]:
        """The layer's name, and the one its scope is derived from."""
        if name and not isinstance(name, VariableScope):
            return name, name
        base_name = snake_case(type(self).__name__)
        counts = _layer_counts.setdefault(get_default_graph().root, Counter())
        counts[base_name] += 1
        unique = f"{base_name}_{counts[base_name]}"
        return unique, (name.name if name else base_name)

    # -- for subclasses --------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Make the variables.

        Args:
            input_shape: the static shape of the inputs, with the structure that they have.
        """
        self.built = True

    def call(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """What the layer computes."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The static shape of the output for that of the input.

        Raises:
            NotImplementedError: the layer does not say.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define compute_output_shape")

    def add_weight(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        trainable: bool | None = None,
        constraint: Any = None,
        use_resource: bool | None = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
        partitioner: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Make a variable of the layer, or share it.

        Args:
            name: its name in the scope of the layer.
            shape: its shape; a scalar if None.
            dtype: its element type; that of the layer, or float32, if None.
            initializer: see `tf.get_variable`.
            regularizer: a function from the variable to a loss.
            trainable: whether it is among the trainable variables, if the layer is.
            constraint, use_resource, synchronization, aggregation, partitioner: see `tf.get_variable`.

        Raises:
            ValueError: trainable with synchronization ON_READ.
        """
        for key in kwargs:
            if key != "experimental_autocast":
                raise TypeError("Unknown keyword argument:", key)
        if synchronization == VariableSynchronization.ON_READ:
            if trainable:
                raise ValueError(
                    "Synchronization value can be set to VariableSynchronization.ON_READ only for "
                    "non-trainable variables. You have specified trainable=True and "
                    "synchronization=VariableSynchronization.ON_READ."
                )
            trainable = False
        trainable = (True if trainable is None else trainable) and self.trainable
        dtype = as_dtype(dtype or self._dtype or dtypes.float32)
        if self._dtype is None:
            self._dtype = dtype.base_dtype.name
        known = set(map(id, global_variables()))
        self._set_scope(None)
        with variable_scope(
            self._scope, reuse=self.built or self._reuse, auxiliary_name_scope=False
        ) as scope:
            self._current_scope = scope
            with name_scope(scope.original_name_scope):
                variable = get_variable(
                    name,
                    shape=() if shape is None else shape,
                    dtype=dtype,
                    initializer=initializer_of(scope.initializer if initializer is None else initializer),
                    trainable=trainable,
                    constraint=function_of(constraint, "constraint"),
                    partitioner=partitioner,
                    use_resource=use_resource or self._use_resource_variables or scope.use_resource or False,
                    synchronization=synchronization,
                    aggregation=aggregation,
                )
                if isinstance(variable, Trackable):  # a partitioned variable is not
                    self._track_trackable(variable, name, overwrite=True)
                if regularizer:
                    parts = list(variable) if isinstance(variable, PartitionedVariable) else [variable]
                    if not any(id(part) in known for part in parts):
                        for part in parts:
                            self.add_loss(functools.partial(_regularize, name, part, regularizer))
        # A custom getter may have made it not trainable.
        if trainable and any(variable is item for item in trainable_variables()):
            self._trainable_weights.append(variable)
        else:
            self._non_trainable_weights.append(variable)
        return variable

    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """The older name of `add_weight`."""
        return self.add_weight(*args, **kwargs)

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Add losses to the layer and to `GraphKeys.REGULARIZATION_LOSSES`.

        Args:
            losses: tensors, or functions without arguments that make one.
            inputs: the tensors they depend on; None if they depend on variables only.
        """
        depends_on = None if inputs is None else list(flatten(inputs))
        made = []
        for loss in flatten(losses):
            if loss is None:
                continue
            if not callable(loss) and not is_tensor_like(loss):
                loss = convert_to_tensor(loss, dtype=dtypes.float32)
            self._losses.append((loss, depends_on))
            tensor = loss() if callable(loss) else loss
            if tensor is not None:
                made.append(tensor)
        _add_new(made, GraphKeys.REGULARIZATION_LOSSES)

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Add operations that must run with each training step; a call adds them to `GraphKeys.UPDATE_OPS`.

        Args:
            updates: operations, tensors, or functions without arguments that make one.
            inputs: ignored, as by TensorFlow 1.15: what an update depends on follows from the graph.
        """
        for update in updates if isinstance(updates, (list, tuple)) else [updates]:
            while callable(update) and not is_tensor_like(update):
                update = update()
            if not isinstance(update, Operation):
                update = getattr(update, "op", None) or convert_to_tensor(update).op
            self._updates.append((update, _calls.inputs[-1] if _calls.inputs else []))

    # -- calling it ------------------------------------------------------------------

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        self._set_scope(kwargs.pop("scope", None))
        reuse = True if self.built else self._reuse
        with variable_scope(self._scope, reuse=reuse, auxiliary_name_scope=False) as scope:
            self._current_scope = scope
            if "scope" in self._call_parameters:
                kwargs["scope"] = scope
            outputs = self._call(inputs, args, kwargs)
        _add_new(self.updates, GraphKeys.UPDATE_OPS)
        return outputs

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as calling the layer."""
        return self(inputs, *args, **kwargs)

    def _call(self, inputs: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        inputs = map_structure(
            lambda x: convert_to_tensor(x) if isinstance(x, (np.ndarray, float, int)) else x, inputs
        )
        training = self._training(args, kwargs)
        if any(x is None or isinstance(x, (str, bytes)) for x in flatten(inputs)):
            raise ValueError(f"None values and strings are not supported as inputs of a layer: {inputs!r}")
        assert_input_compatibility(self._input_spec, inputs, self.name)
        _calls.inputs.append(list(flatten(inputs)))
        _calls.training.append(training)
        try:
            with name_scope(self._current_scope.original_name_scope):  # type: ignore[union-attr]
                self._build_once(inputs)
                outputs = self.call(inputs, *args, **kwargs)
                if outputs is None:
                    raise ValueError(
                        "A layer's `call` method should return a Tensor or a list of Tensors, not None "
                        f"(layer: {self.name})."
                    )
                self._regularize_activity(outputs)
        finally:
            _calls.training.pop()
            _calls.inputs.pop()
        return outputs

    def _training(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The `training` argument, which layers inside another one inherit; puts it into `kwargs`."""
        parameters = self._call_parameters
        takes_it = "training" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        if "training" in kwargs:
            return kwargs["training"] if takes_it else kwargs.pop("training")
        names = list(parameters)
        if "training" in parameters and names.index("training") <= len(args):
            return args[names.index("training") - 1]
        inherited = _calls.training[-1] if _calls.training else None
        if inherited is not None and takes_it:
            kwargs["training"] = (
                cast(inherited, dtypes.bool) if is_tensor_like(inherited) else bool(inherited)
            )
        return inherited

    @functools.cached_property
    def _call_parameters(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.call).parameters

    def _set_scope(self, scope: Any) -> None:
        """Fix the variable scope of the layer, at its first use."""
        if self._scope is not None:
            return
        if self._reuse:
            manager = variable_scope(self._base_name if scope is None else scope)
        else:
            manager = variable_scope(scope, default_name=self._base_name)
        with manager as captured:
            self._scope = captured

    def _build_once(self, inputs: Any) -> None:
        if self.built:
            return
        first: Any = next(iter(flatten(inputs)), None)
        if self._dtype is None and hasattr(first, "dtype"):
            self._dtype = first.dtype.base_dtype.name
        # An input may be no tensor, but something that gives the layer what it asks for.
        known = all(hasattr(x, "shape") for x in flatten(inputs))
        self.build(map_structure(lambda x: x.shape, inputs) if known else None)
        self.built = True

    def _regularize_activity(self, outputs: Any) -> None:
        if self._activity_regularizer is None:
            return
        with name_scope("ActivityRegularizer"):
            for output in flatten(outputs):
                loss = self._activity_regularizer(output)
                self.add_loss(loss / cast(shape_op(output)[0], loss.dtype), inputs=outputs)

    # -- what it is ------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def dtype(self) -> str | None:
        """The name of the type of its variables; None before it is known."""
        return self._dtype

    @property
    def _variable_dtype(self) -> DType:
        return as_dtype(self._dtype or dtypes.float32)

    @property
    def scope_name(self) -> str:
        """The name of its variable scope.

        Raises:
            ValueError: it was not called yet.
        """
        if self._scope is None:
            raise ValueError(
                f'No name available for layer scope because the layer "{self._name}" has not been used '
                "yet. The scope name is determined the first time the layer instance is called. You must "
                "therefore call the layer before querying `scope_name`."
            )
        return self._scope.name

    @property
    def graph(self) -> None:
        """None: layers belong to no graph, their variables do."""
        return None

    @property
    def trainable(self) -> bool:
        """Whether optimizers change its variables by default."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value

    @property
    def activity_regularizer(self) -> Callable[[Any], Any] | None:
        """The function from an output to a loss."""
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, regularizer: Callable[[Any], Any] | None) -> None:
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
        self._input_spec = value

    @property
    def trainable_weights(self) -> list[Any]:
        """Its trainable variables; none if the layer is not trainable."""
        return list(self._trainable_weights) if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        """Its other variables."""
        if self.trainable:
            return list(self._non_trainable_weights)
        return self._trainable_weights + self._non_trainable_weights

    @property
    def weights(self) -> list[Any]:
        """Its variables, the trainable ones first."""
        return self.trainable_weights + self.non_trainable_weights

    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    @property
    def updates(self) -> list[Operation]:
        """Operations that must run with each training step."""
        if not self.trainable and not self.stateful:
            return []
        return [update for update, _ in self._updates]

    @property
    def losses(self) -> list[Any]:
        """Its losses; those of variables are made anew, as in TensorFlow 1.15."""
        return [loss for loss, _ in self._current_losses()]

    def _current_losses(self) -> list[tuple[Any, list[Any] | None]]:
        # Losses that are tensors come first, as in TensorFlow.
        ordered = sorted(self._losses, key=lambda item: callable(item[0]))
        made = [(loss() if callable(loss) else loss, inputs) for loss, inputs in ordered]
        return [(loss, inputs) for loss, inputs in made if loss is not None]

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """The losses that depend on some inputs; for None, those that were added without inputs."""
        found = self._current_losses()
        if inputs is None:
            return [loss for loss, depends_on in found if depends_on is None]
        return [loss for loss, depends_on in found if depends_on is not None and _depends(loss.op, inputs)]

    def get_updates_for(self, inputs: Any) -> list[Operation]:
        """The updates that depend on some inputs; for None, those that depend on no input of the layer."""
        active = self._updates if self.trainable or self.stateful else []
        if inputs is None:
            return [update for update, of_layer in active if not _depends(update, of_layer)]
        return [
            update for update, of_layer in active if _depends(update, of_layer) and _depends(update, inputs)
        ]

    def count_params(self) -> int:
        """How many numbers its variables hold.

        Raises:
            ValueError: it has no variables yet.
        """
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on {self.name}, but the layer isn't built. You can "
                f"build it manually via: `{self.name}.build(batch_input_shape)`."
            )
        return int(sum(np.prod(variable.shape.as_list()) for variable in self.weights))

    def get_weights(self) -> list[Any]:
        """The values of its variables in the default session."""
        return _session().run(self.weights)

    def set_weights(self, weights: Any) -> None:
        """Set its variables in the default session.

        Args:
            weights: arrays, in the order of `weights`.

        Raises:
            ValueError: not as many, or of other shapes.
        """
        variables = self.weights
        if len(variables) != len(weights):
            raise ValueError(
                f'You called `set_weights(weights)` on layer "{self.name}" with a  weight list of length '
                f"{len(weights)}, but the layer was expecting {len(variables)} weights."
            )
        for variable, value in zip(variables, weights, strict=True):
            if not variable.shape.is_compatible_with(np.shape(value)):
                raise ValueError(
                    f"Layer weight shape {variable.shape} not compatible with provided weight shape "
                    f"{np.shape(value)}"
                )
        for variable, value in zip(variables, weights, strict=True):
            variable.load(value, _session())


def _session() -> Any:
    session = get_default_session()
    if session is None:
        raise ValueError("No default session is registered. Use `with sess.as_default()`")
    return session


def _regularize(name: str, variable: Any, regularizer: Callable[[Any], Any]) -> Any:
    with name_scope(f"{name}/Regularizer"):
        return regularizer(variable)


def _add_new(items: Iterable[Any], collection: str) -> None:
    """Put items into a collection of the default graph, unless they are in it."""
    present = get_default_graph().get_collection_ref(collection)
    known = set(map(id, present))
    for item in items:
        if id(item) not in known:
            known.add(id(item))
            present.append(item)


def _depends(operation: Operation, inputs: Any) -> bool:
    """Whether an operation depends on one of `inputs`."""
    targets = {tensor.op if isinstance(tensor, Tensor) else tensor for tensor in flatten(inputs)}
    pending, seen = [operation], {operation}
    while pending:
        op = pending.pop()
        if op in targets:
            return True
        for before in (*(tensor.op for tensor in op.inputs), *op.control_inputs):
            if before not in seen:
                seen.add(before)
                pending.append(before)
    return False


def snake_case(name: str) -> str:
    """A class name as TensorFlow names its layers: "MaxPooling2D" is "max_pooling2d"."""
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    # A scope cannot start with an underscore.
    return f"private{name}" if name.startswith("_") else name
