"""Sequential: layers one behind the other."""

from __future__ import annotations

import copy
from typing import Any

from perdure.graph.nest import flatten
from perdure.keras.engine.calls import default
from perdure.keras.engine.input_layer import Input, InputLayer
from perdure.keras.engine.layer import Layer
from perdure.keras.engine.model import Model
from perdure.keras.engine.network import assert_no_legacy_layers, get_input_shape_and_dtype
from perdure.platform import logging
from perdure.tracking.trackable import no_automatic_dependency_tracking

_ONE_OUTPUT = (
    "All layers in a Sequential model should have a single output tensor. For multi-output layers, use the "
    "functional API."
)


def _source_inputs(tensor: Any) -> list[Any]:
    """The inputs of a network that a tensor of layers was computed from."""
    layer, node_index, _ = tensor._keras_history
    node = layer._inbound_nodes[node_index]
    if not node.inbound_layers:
        return flatten(node.input_tensors)
    found: dict[int, Any] = {}
    for *_, inbound in node.iterate_inbound():
        found.update((id(x), x) for x in _source_inputs(inbound))
    return list(found.values())


class Sequential(Model):
    """Layers one behind the other.

    Args:
        layers: the first layers.
        name: its name.
    """

    @no_automatic_dependency_tracking
    def __init__(self, layers: Any = None, name: str | None = None) -> None:
        super().__init__(name=name)
        self.supports_masking = True
        self._build_input_shape: Any = None
        self._compute_output_and_mask_jointly = True
        if layers:
            layers = layers if isinstance(layers, (list, tuple)) else [layers]
            assert_no_legacy_layers(layers)
            for layer in layers:
                self.add(layer)

    @property
    def layers(self) -> list[Any]:
        found = super().layers
        return found[1:] if found and isinstance(found[0], InputLayer) else found[:]

    @no_automatic_dependency_tracking
    def add(self, layer: Any) -> None:
        """Put a layer to the end.

        Args:
            layer: the layer; the first one may say the shape of its input.

        Raises:
            TypeError: no layer, or one of `tf.layers`.
            ValueError: a layer with several outputs.
        """
        if hasattr(layer, "_keras_history") and isinstance(layer._keras_history[0], InputLayer):
            layer = layer._keras_history[0]
        if not isinstance(layer, Layer):
            assert_no_legacy_layers([layer])
            raise TypeError(f"The added layer must be an instance of class Layer. Found: {layer}")
        self.built = False
        begins = False
        if not self._layers:
            if isinstance(layer, InputLayer):
                begins = True
            else:
                batch_shape, dtype = get_input_shape_and_dtype(layer)
                if batch_shape:
                    layer(Input(batch_shape=batch_shape, dtype=dtype, name=layer.name + "_input"))
                    begins = True
            if begins:
                outputs = flatten(layer._inbound_nodes[-1].output_tensors)
                if len(outputs) != 1:
                    raise ValueError(_ONE_OUTPUT)
                self.outputs = [outputs[0]]
                self.inputs = _source_inputs(outputs[0])
        elif self.outputs:
            output = layer(self.outputs[0])
            if len(flatten(output)) != 1:
                raise TypeError(_ONE_OUTPUT)
            self.outputs = [output]
        if self.outputs:
            self.built = True
        if begins or self._is_graph_network:
            self._init_graph_network(self.inputs, self.outputs, name=self.name)
        else:
            self._layers.append(layer)
        if self._layers:
            self._track_layers(self._layers)

    @no_automatic_dependency_tracking
    def pop(self) -> None:
        """Take the last layer away.

        Raises:
            TypeError: there is none.
        """
        if not self.layers:
            raise TypeError("There are no layers in the model.")
        self._layers.pop()
        if not self.layers:
            self.outputs = None
            self.inputs = None
            self.built = False
        elif self._is_graph_network:
            self.layers[-1]._outbound_nodes = []
            self.outputs = [self.layers[-1].output]
            self._init_graph_network(self.inputs, self.outputs, name=self.name)
            self.built = True

    @default
    def build(self, input_shape: Any = None) -> None:
        """Make the variables of layers that do not say the shape of their input.

        Args:
            input_shape: the shape of the input with the batch.

        Raises:
            ValueError: it is missing.
        """
        if self._is_graph_network:
            self._init_graph_network(self.inputs, self.outputs, name=self.name)
        else:
            if input_shape is None:
                raise ValueError("You must provide an `input_shape` argument.")
            self._build_input_shape = tuple(input_shape)
            super().build(tuple(input_shape))
        self.built = True

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        if self._is_graph_network:
            if not self.built:
                self._init_graph_network(self.inputs, self.outputs, name=self.name)
            return super().call(inputs, training=training, mask=mask)
        outputs = inputs
        for layer in self.layers:
            kwargs = {}
            if "mask" in layer._call_fn_args:
                kwargs["mask"] = mask
            if "training" in layer._call_fn_args:
                kwargs["training"] = training
            outputs = layer(inputs, **kwargs)
            inputs = outputs
            mask = getattr(outputs, "_keras_mask", None)
        return outputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return self.call(inputs, mask=mask)._keras_mask

    def predict_proba(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """What the model computes for data, which should be probabilities; see `predict`."""
        found = self.predict(x, batch_size, verbose)
        if found.min() < 0.0 or found.max() > 1.0:
            logging.warning(
                "Network returning invalid probability values. The last layer might not normalize "
                "predictions into probabilities (like softmax or sigmoid would)."
            )
        return found

    def predict_classes(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """The classes that the model predicts for data; see `predict`."""
        found = self.predict(x, batch_size=batch_size, verbose=verbose)
        return found.argmax(axis=-1) if found.shape[-1] > 1 else (found > 0.5).astype("int32")

    def get_config(self) -> dict[str, Any]:
        layers = [{"class_name": type(layer).__name__, "config": layer.get_config()} for layer in self.layers]
        if (
            self._is_graph_network
            and layers
            and "batch_input_shape" not in layers[0]["config"]
            and isinstance(self._layers[0], InputLayer)
        ):
            layers[0]["config"]["batch_input_shape"] = self._layers[0]._batch_input_shape
        config = {"name": self.name, "layers": copy.deepcopy(layers)}
        if self._build_input_shape:
            config["build_input_shape"] = self._build_input_shape
        return config

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        from perdure.keras.layers.serialization import deserialize

        described = config if "name" in config else {"layers": config}
        model = cls(name=described.get("name"))
        for layer in described["layers"]:
            model.add(deserialize(layer, custom_objects=custom_objects))
        if not model.inputs and described.get("build_input_shape"):
            model.build(described["build_input_shape"])
        return model

    @property  # type: ignore[misc]
    def input_spec(self) -> Any:
        return self.layers[0].input_spec if self.layers else None

    @property
    def _object_identifier(self) -> str:
        return "_tf_keras_sequential"
