"""Network: layers that were put together, as a layer."""

from __future__ import annotations

import copy
import inspect
import json
from typing import Any

from perdure.graph.errors import InvalidArgumentError
from perdure.graph.nest import flatten, map_structure, pack_sequence_as
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_dimension
from perdure.keras.backend.state import get_graph, is_learning_phase
from perdure.keras.engine import network_config
from perdure.keras.engine.calls import default, needs_keras_history
from perdure.keras.engine.layer import Layer, generate_placeholders_from_shape
from perdure.keras.engine.network_map import map_network, node_key
from perdure.keras.engine.node import Node
from perdure.keras.engine.op_layers import AddLoss, AddMetric, create_keras_history
from perdure.keras.engine.saved import Saved
from perdure.keras.utils.json import get_json_type
from perdure.keras.utils.objects import validate_kwargs
from perdure.keras.utils.structures import convert_shapes
from perdure.platform import logging
from perdure.tracking.structures import TrackableDataStructure
from perdure.tracking.trackable import no_automatic_dependency_tracking
from perdure.tracking.weights import (
    filter_empty_layer_containers,
    gather_non_trainable_weights,
    gather_trainable_weights,
    has_weights,
)

_UNBUILDABLE = (
    "You cannot build your model by calling `build` if your layers do not support float type inputs. "
    "Instead, in order to instantiate and build your model, `call` your model on real tensor data (of "
    "the correct dtype)."
)


class Network(Saved):
    """Layers as a layer: those between given inputs and outputs, or what a subclass calls.

    Args:
        inputs, outputs: structures of tensors of layers; a subclass that defines `call` gives none.
        name: its name.
        **kwargs: `trainable`; for a subclass also `dtype`, `autocast`.
    """

    inputs: Any
    outputs: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if len(args) == 2 or (len(args) == 1 and "outputs" in kwargs) or {"inputs", "outputs"} <= {*kwargs}:
            self._init_graph_network(*args, **kwargs)
        else:
            self._init_subclassed_network(**kwargs)
        assert_no_legacy_layers(self.layers)

    @no_automatic_dependency_tracking
    def _base_init(self, name: str | None = None, **kwargs: Any) -> None:
        if kwargs.get("dynamic"):
            raise NotImplementedError("Models with dynamic=True run eagerly, which perdure does not support")
        validate_kwargs(kwargs, ("trainable", "dtype", "dynamic", "autocast"))
        self._init_set_name(name, zero_based=True)
        self._activity_regularizer = None
        self._trainable = kwargs.get("trainable", True)
        self._is_compiled = False
        self._layers = []
        self._compute_output_and_mask_jointly = False
        self.supports_masking = False
        self._autocast = kwargs.get("autocast", False)
        if not hasattr(self, "optimizer"):
            self.optimizer: Any = None
        self._maybe_create_attribute("_trainable_weights", [])
        self._maybe_create_attribute("_non_trainable_weights", [])
        self._updates = []
        self._losses = []
        self._callable_losses = []
        self._metrics = []
        self._graph = get_default_graph()
        self._set_dtype(kwargs.get("dtype"))
        self._outbound_nodes = []
        self._inbound_nodes = []

    @no_automatic_dependency_tracking
    def _init_graph_network(self, inputs: Any, outputs: Any, name: str | None = None, **kwargs: Any) -> None:
        validate_kwargs(
            kwargs,
            ("trainable",),
            "Functional models may only specify `name` and `trainable` keyword arguments during "
            "initialization. Got an unexpected argument:",
        )
        if isinstance(inputs, list) and len(flatten(inputs)) == 1:
            inputs = inputs[0]
        if isinstance(outputs, list) and len(flatten(outputs)) == 1:
            outputs = outputs[0]
        self._nested_inputs, self._nested_outputs = inputs, outputs
        self.inputs, self.outputs = flatten(inputs), flatten(outputs)
        if any(not hasattr(tensor, "_keras_history") for tensor in self.outputs):
            create_keras_history(outputs)
        self._base_init(name=name, **kwargs)
        self._check_ends()
        self.built = True
        self._compute_output_and_mask_jointly = True
        self._is_graph_network = True
        self._init_call_fn_args()
        self._output_coordinates = [tuple(x._keras_history) for x in self.outputs]
        self._output_layers = [layer for layer, _, _ in self._output_coordinates]
        self._input_coordinates = [tuple(x._keras_history) for x in self.inputs]
        self._input_layers = [layer for layer, _, _ in self._input_coordinates]
        found = map_network(self.inputs, self.outputs)
        self._network_nodes = found.keys
        self._nodes_by_depth = found.nodes_by_depth
        self._layers = found.layers
        self._track_layers(found.layers)
        Node(self, [], [], [], input_tensors=inputs, output_tensors=outputs)
        self._set_output_names()
        self.input_names = [layer.name for layer in self._input_layers]
        fed = [layer for layer in self._input_layers if layer.is_placeholder]
        self._feed_input_names = [layer.name for layer in fed]
        self._feed_input_shapes = [layer._batch_input_shape for layer in fed]
        self._feed_inputs = [layer.input for layer in fed]

    @no_automatic_dependency_tracking
    def _init_subclassed_network(self, name: str | None = None, **kwargs: Any) -> None:
        self._base_init(name=name, **kwargs)
        self._is_graph_network = False
        self._init_call_fn_args()
        self.outputs = []
        self.inputs = []
        self.built = False

    def _set_output_names(self) -> None:
        names: list[str] = []
        counts: dict[str, int] = {}
        for layer in self._output_layers:
            proposed = layer.name
            while proposed in names:
                count = counts.get(layer.name, 1)
                proposed = f"{layer.name}_{count}"
                counts[layer.name] = count + 1
            names.append(proposed)
        self.output_names = names

    def _check_ends(self) -> None:
        """Refuse inputs and outputs that no network can have."""
        cls_name = type(self).__name__
        if len({id(x) for x in self.inputs}) != len(self.inputs):
            raise ValueError(
                "The list of inputs passed to the model is redundant. All inputs should only appear once. "
                f"Found: {self.inputs}"
            )
        for x in self.inputs:
            if not hasattr(x, "_keras_history"):
                raise ValueError(
                    f"Input tensors to a {cls_name} must come from `tf.keras.Input`. Received: {x} (missing "
                    "previous layer metadata)."
                )
            layer = x._keras_history.layer
            if len(layer._inbound_nodes) > 1 or (
                layer._inbound_nodes and layer._inbound_nodes[0].inbound_layers
            ):
                logging.warning(
                    f"{cls_name} inputs must come from `tf.keras.Input` (thus holding past layer metadata), "
                    "they cannot be the output of a previous non-Input layer. Here, a tensor specified as "
                    f'input to "{self.name}" was not an Input tensor, it was generated by layer '
                    f"{layer.name}.\nNote that input tensors are instantiated via `tensor = "
                    f"tf.keras.Input(shape)`.\nThe tensor that caused the issue was: {x.name}"
                )
        sizes = [get_static_batch_size(x._keras_history.layer) for x in self.inputs]
        if len({size for size in sizes if size is not None}) > 1:
            raise ValueError(
                f"The specified batch sizes of the Input Layers are incompatible. Found batch sizes: {sizes}"
            )
        for x in self.outputs:
            if not hasattr(x, "_keras_history"):
                raise ValueError(
                    f"Output tensors to a {cls_name} must be the output of a TensorFlow `Layer` (thus "
                    f"holding past layer metadata). Found: {x}"
                )

    def _track_layers(self, layers: list[Any]) -> None:
        with_weights = 0
        for i, layer in enumerate(layers):
            try:
                if layer.weights:
                    self._track_trackable(layer, f"layer_with_weights-{with_weights}", overwrite=True)
                    with_weights += 1
            except ValueError:  # a subclassed model that has not made its variables yet
                pass
            self._track_trackable(layer, f"layer-{i}", overwrite=True)

    def __setattr__(self, name: str, value: Any) -> None:
        if self._self_setattr_tracking:
            parts = flatten(value)
            if (
                all(isinstance(v, (Layer, TrackableDataStructure)) or has_weights(v) for v in parts)
                and "_is_graph_network" not in self.__dict__
            ):
                raise RuntimeError(
                    "It looks like you are subclassing `Model` and you forgot to call "
                    "`super(YourClass, self).__init__()`. Always start with this line."
                )
            super().__setattr__(name, value)
            if getattr(value, "_is_metric", False):
                self._metrics.append(value)
        else:
            super().__setattr__(name, value)

    # -- what it holds -----------------------------------------------------------------------

    @property
    def layers(self) -> list[Any]:
        """Its layers."""
        return filter_empty_layer_containers(self._layers)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """One of its layers.

        Args:
            name: the layer's name.
            index: its place; goes before the name.

        Raises:
            ValueError: there is none.
        """
        if index is not None:
            if len(self.layers) <= index:
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has {len(self.layers)} "
                    "layers."
                )
            return self.layers[index]
        if not name:
            raise ValueError("Provide either a layer name or layer index.")
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError("No such layer: " + name)

    @property
    def stateful(self) -> bool:  # type: ignore[override]
        """Whether one of its layers keeps state from batch to batch."""
        return any(getattr(layer, "stateful", False) for layer in self.layers)

    def reset_states(self) -> None:
        """Reset the state of those layers that keep it from batch to batch."""
        for layer in self.layers:
            if getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
                layer.reset_states()

    @property
    def state_updates(self) -> list[Any]:
        """The updates of the layers that keep state from batch to batch."""
        return [
            update
            for layer in self.layers
            if getattr(layer, "stateful", False)
            for update in getattr(layer, "updates", ())
        ]

    @property
    def weights(self) -> list[Any]:
        self._assert_weights_created()
        of_layers = [weight for layer in self._layers for weight in layer.weights]
        return of_layers + self._trainable_weights + self._non_trainable_weights

    @property
    def trainable_weights(self) -> list[Any]:
        self._assert_weights_created()
        return gather_trainable_weights(self.trainable, self._layers, self._trainable_weights)

    @property
    def non_trainable_weights(self) -> list[Any]:
        self._assert_weights_created()
        own = self._non_trainable_weights + self._trainable_weights
        return gather_non_trainable_weights(self.trainable, self._layers, own)

    def _assert_weights_created(self) -> None:
        if not self._is_graph_network and "build" in type(self).__dict__ and not self.built:
            raise ValueError(
                f"Weights for model {self.name} have not yet been created. Weights are created when the "
                "Model is first called on inputs or `build()` is called with an `input_shape`."
            )

    @property  # type: ignore[misc]
    def input_spec(self) -> Any:
        if not self._is_graph_network:
            return None
        specs: list[Any] = []
        for layer in self._input_layers:
            if layer.input_spec is None:
                specs.append(None)
            elif isinstance(layer.input_spec, list):
                specs += layer.input_spec
            else:
                raise TypeError(
                    f"Layer {layer.name} has an input_spec attribute that is not a list. We expect a list. "
                    f"Found input_spec = {layer.input_spec}"
                )
        return specs[0] if len(specs) == 1 else specs

    @property
    def _should_compute_mask(self) -> bool:
        return self._is_graph_network

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if not self._is_graph_network:
            return None
        return map_structure(lambda t: t._keras_mask, self._run_internal_graph(inputs, mask=mask))

    @property
    def _object_identifier(self) -> str:
        return "_tf_keras_network"

    # -- building and calling ----------------------------------------------------------------

    @default
    def build(self, input_shape: Any) -> None:
        """Make the variables of a subclass, by calling it on placeholders.

        Args:
            input_shape: the shape of the input with the batch, or a list of such.

        Raises:
            ValueError: it cannot be called with a shape alone.
        """
        if self._is_graph_network:
            self.built = True
            return
        if input_shape is None:
            raise ValueError("Input shape must be defined when calling build on a model subclass network.")
        if not isinstance(input_shape, (tuple, list, TensorShape)):
            raise ValueError(
                "Specified input shape is not one of the valid types. Please specify a batch input shape of "
                f"type tuple or list of input shapes. User provided input type: {type(input_shape)}"
            )
        if input_shape and not self.inputs:
            with get_graph().as_default():
                if isinstance(input_shape, list):
                    x: Any = [generate_placeholders_from_shape(shape) for shape in input_shape]
                else:
                    x = generate_placeholders_from_shape(input_shape)
                try:
                    self.call(x, **self._needed_arguments())
                except (InvalidArgumentError, TypeError):
                    raise ValueError(_UNBUILDABLE) from None
        if self._layers:
            self._track_layers(self._layers)
        self.built = True

    def _needed_arguments(self) -> dict[str, Any]:
        """What `call` needs beside its inputs."""
        spec = inspect.getfullargspec(self.call)
        if len(spec.args) < 2:
            raise ValueError(
                "You can only call `build` on a model if its `call` method accepts an `inputs` argument."
            )
        needed = spec.args[2 : len(spec.args) - len(spec.defaults or ())]
        if any(name != "training" for name in needed):
            raise ValueError(
                "Currently, you cannot build your model if it has positional or keyword arguments that are "
                "not inputs to the model, but are required for its `call` method. Instead, in order to "
                "instantiate and build your model, `call` your model on real tensor data with all expected "
                "call arguments."
            )
        return {"training": False} if needed else {}

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:  # type: ignore[override]
        """What the network computes; a subclass defines it.

        Args:
            inputs: a structure of tensors.
            training: whether it trains.
            mask: the masks of the inputs.
        """
        if not self._is_graph_network:
            raise NotImplementedError(
                "When subclassing the `Model` class, you should implement a `call` method."
            )
        return self._run_internal_graph(inputs, training=training, mask=mask)

    def _run_internal_graph(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        tensors = flatten(inputs)
        masks = [None] * len(tensors) if mask is None else flatten(mask)
        for tensor, tensor_mask in zip(tensors, masks, strict=False):
            tensor._keras_mask = tensor_mask
        known = {id(x): y for x, y in zip(self.inputs, tensors, strict=False)}

        def replaced(t: Any) -> Any:
            return known[id(t)] if isinstance(t, Tensor) and hasattr(t, "_keras_history") else t

        for depth in sorted(self._nodes_by_depth, reverse=True)[1:]:
            for node in self._nodes_by_depth[depth]:
                if any(id(tensor) not in known for tensor in flatten(node.input_tensors)):
                    continue
                layer = node.outbound_layer
                computed = map_structure(lambda t: known[id(t)], node.input_tensors)
                kwargs = copy.copy(node.arguments) if node.arguments else {}
                if "training" in layer._call_fn_args:
                    kwargs.setdefault("training", training)
                    if isinstance(kwargs["training"], Tensor) and is_learning_phase(kwargs["training"]):
                        kwargs["training"] = training
                outputs = layer(computed, **map_structure(replaced, kwargs))
                for x, y in zip(flatten(node.output_tensors), flatten(outputs), strict=True):
                    known[id(x)] = y
        for x in self.outputs:
            assert id(x) in known, f"Could not compute output {x}"
        return pack_sequence_as(self._nested_outputs, [known[id(x)] for x in self.outputs])

    def compute_output_shape(self, input_shape: Any) -> Any:
        if not self._is_graph_network:
            return super().compute_output_shape(input_shape)
        shapes = flatten(convert_shapes(input_shape, to_tuples=False))
        if len(shapes) != len(flatten(self._input_layers)):
            raise ValueError(
                f"Invalid input_shape argument {input_shape}: model has {len(self._input_layers)} tensor "
                "inputs."
            )
        known: dict[tuple[Any, int, int], Any] = {
            (layer, 0, 0): shape for layer, shape in zip(self._input_layers, shapes, strict=True)
        }
        for depth in sorted(self._nodes_by_depth, reverse=True):
            for node in self._nodes_by_depth[depth]:
                layer = node.outbound_layer
                if layer in self._input_layers:
                    continue
                given = [known[origin[:3]] for origin in node.iterate_inbound()]
                given = convert_shapes(pack_sequence_as(node.inbound_layers, given), to_tuples=True)
                made = convert_shapes(layer.compute_output_shape(given), to_tuples=False)
                index = layer._inbound_nodes.index(node)
                known.update({(layer, index, j): shape for j, shape in enumerate(flatten(made))})
        return pack_sequence_as(self._nested_outputs, [known[at] for at in self._output_coordinates])

    # -- losses and metrics of networks --------------------------------------------------------

    def _graph_network_add_loss(self, symbolic_loss: Any) -> None:
        self._add_behind(symbolic_loss, AddLoss(unconditional=False))

    def _graph_network_add_metric(self, value: Any, aggregation: Any, name: Any) -> None:
        self._add_behind(value, AddMetric(aggregation, name))

    def _add_behind(self, tensor: Any, layer: Layer) -> None:
        """Add a layer behind a tensor that was computed from the network's."""
        if needs_keras_history(tensor, ignore_call_context=True):
            create_keras_history(tensor)
        found = map_network(self.inputs, [tensor])
        layer(tensor)
        nodes = [node for nodes in found.nodes_by_depth.values() for node in nodes]
        self._insert_layers([*found.layers, layer], [*nodes, *layer._inbound_nodes])

    def _insert_layers(self, layers: list[Any], relevant_nodes: list[Node]) -> None:
        """Let layers belong to the network although no output depends on them.

        Args:
            layers: the layers.
            relevant_nodes: their calls.

        Raises:
            ValueError: a call depends on what is not in the network.
        """
        depths = {node: depth for depth, nodes in self._nodes_by_depth.items() for node in nodes}
        inside = {*relevant_nodes, *depths}
        pending = list(relevant_nodes)
        skipped = 0
        while pending:
            node = pending.pop(0)
            before = [
                layer._inbound_nodes[index]
                for layer, index, _, _ in node.iterate_inbound(include_arguments=True)
            ]
            if any(other in inside and other not in depths for other in before):
                pending.append(node)
                skipped += 1
                if skipped > 10_000:
                    raise ValueError("Layers could not be added due to missing dependencies.")
                continue
            depth = min([0, *(depths[other] for other in before if other in depths)]) - 1
            layer = node.outbound_layer
            key = node_key(layer.name, layer._inbound_nodes.index(node))
            if key not in self._network_nodes:
                depths[node] = depth
                self._network_nodes.add(key)
                self._nodes_by_depth.setdefault(depth, []).append(node)
        known = set(map(id, self._layers))
        self._layers.extend(layer for layer in layers if id(layer) not in known)

    # -- descriptions, files --------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """The layers and how they are connected.

        Raises:
            NotImplementedError: a subclass, which only its program knows.
        """
        if not self._is_graph_network:
            raise NotImplementedError
        return network_config.describe(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The network that `get_config` described, without the values of its variables.

        Args:
            config: the description.
            custom_objects: the program's own classes and functions by name.
        """
        return network_config.rebuild(cls, config, custom_objects)

    def _updated_config(self) -> dict[str, Any]:
        return {
            "class_name": type(self).__name__,
            "config": self.get_config(),
            "keras_version": network_config.VERSION,
            "backend": "tensorflow",
        }

    def to_json(self, **kwargs: Any) -> str:
        """The description of the model as JSON.

        Args:
            **kwargs: those of `json.dumps`.
        """
        return json.dumps(self._updated_config(), default=get_json_type, **kwargs)


def get_static_batch_size(layer: Any) -> int | None:
    """The batch size that a model says it begins with, or None."""
    shape, _ = get_input_shape_and_dtype(layer)
    return None if shape is None else as_dimension(shape[0]).value


def get_input_shape_and_dtype(layer: Any) -> tuple[Any, Any]:
    """The shape and type of the input that a layer, or the first one of a model, was given."""
    while getattr(layer, "_is_graph_network", False) or type(layer).__name__ == "Sequential":
        if not layer.layers:
            raise ValueError("An empty Model cannot be used as a Layer.")
        layer = layer.layers[0]
    if hasattr(layer, "_batch_input_shape"):
        return layer._batch_input_shape, layer.dtype
    return None, None


def assert_no_legacy_layers(layers: Any) -> None:
    """Refuse layers of `tf.layers`.

    Raises:
        TypeError: there are some.
    """
    from perdure.layers.base import Layer as LegacyLayer

    legacy = [layer for layer in layers if isinstance(layer, LegacyLayer)]
    if legacy:
        listed = "\n".join(f"  {layer}" for layer in legacy)
        raise TypeError(
            f"The following are legacy tf.layers.Layers:\n{listed}\nTo use keras as a framework (for "
            "instance using the Network, Model, or Sequential classes), please use the tf.keras.layers "
            "implementation instead. (Or, if writing custom layers, subclass from tf.keras.layers rather "
            "than tf.layers)"
        )
