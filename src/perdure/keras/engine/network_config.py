"""Networks as descriptions and back."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np

from perdure.graph.nest import flatten, is_nested, map_structure, pack_sequence_as
from perdure.graph.tensor import Tensor
from perdure.keras.backend.state import get_value
from perdure.keras.engine.network_map import node_key
from perdure.keras.utils.structures import ListWrapper, convert_inner_node_data
from perdure.platform import logging

# That of the Keras in TensorFlow 1.15.
VERSION = "2.2.4-tf"


def _skips_first_node(layer: Any) -> bool:
    """Whether the first call of a layer is the one that a network makes of itself."""
    return getattr(layer, "_is_graph_network", False)


def _plain_arguments(arguments: Any) -> Any:
    """The arguments of a call with tensors of layers as where they come from, and others as numbers."""

    def plain(t: Any) -> Any:
        if hasattr(t, "_keras_history"):
            layer, node_index, tensor_index = t._keras_history
            return [layer.name, node_index, tensor_index]
        if isinstance(t, np.ndarray):
            return t.tolist()
        if isinstance(t, Tensor):
            return get_value(t).tolist()
        return t

    return map_structure(plain, arguments)


def _as_data(structure: Any, items: list[Any]) -> Any:
    data = pack_sequence_as(structure, items)
    return convert_inner_node_data(data if is_nested(data) else [data])


def describe(network: Any) -> dict[str, Any]:
    """The layers of a network and how they are connected, as plain values."""
    kept: dict[str, int] = {}
    for layer in network.layers:
        count = 1 if _skips_first_node(layer) else 0
        for i in range(len(layer._inbound_nodes)):
            key = node_key(layer.name, i)
            if key in network._network_nodes:
                kept[key] = count
                count += 1
    layers = []
    for layer in network.layers:
        calls = []
        for i, node in enumerate(layer._inbound_nodes):
            if node_key(layer.name, i) not in network._network_nodes or not node.inbound_layers:
                continue
            kwargs = _plain_arguments(node.arguments) if node.arguments else {}
            try:
                json.dumps(kwargs)
            except TypeError:
                logging.warning(
                    f"Layer {layer.name} was passed non-serializable keyword arguments: {node.arguments}. "
                    "They will not be included in the serialized model (and thus will be missing at "
                    "deserialization time)."
                )
                kwargs = {}
            items = [
                ListWrapper([inbound.name, kept.get(node_key(inbound.name, index), 0), tensor_index, kwargs])
                for inbound, index, tensor_index, _ in node.iterate_inbound()
            ]
            calls.append(_as_data(node.input_tensors, items))
        layers.append(
            {
                "name": layer.name,
                "class_name": type(layer).__name__,
                "config": layer.get_config(),
                "inbound_nodes": calls,
            }
        )

    def ends(structure: Any, coordinates: Any) -> Any:
        items = [
            ListWrapper([layer.name, kept[node_key(layer.name, index)], tensor_index])
            for layer, index, tensor_index in coordinates
            if node_key(layer.name, index) in network._network_nodes
        ]
        return _as_data(structure, items)

    config = {
        "name": network.name,
        "layers": layers,
        "input_layers": ends(network._nested_inputs, network._input_coordinates),
        "output_layers": ends(network._nested_outputs, network._output_coordinates),
    }
    return copy.deepcopy(config)


class _Rebuilding:
    """Makes the layers of a description and calls them as it says."""

    def __init__(self) -> None:
        self.layers: dict[str, Any] = {}

    def tensor(self, name: str, node_index: int, tensor_index: int) -> Any:
        """An output of a call."""
        return flatten(self.layers[name]._inbound_nodes[node_index].output_tensors)[tensor_index]

    def call(self, layer: Any, node_data: Any) -> bool:
        """Call a layer, unless one of its inputs is not there yet."""
        tensors, kwargs = [], {}
        for item in flatten(node_data):
            name, node_index, tensor_index, *rest = item.as_list()
            if len(rest) > 1:
                raise ValueError("Improperly formatted model config.")
            if len(self.layers[name]._inbound_nodes) <= node_index:
                return False
            if rest:
                wrapped = convert_inner_node_data(rest[0], wrap=True)
                kwargs = map_structure(
                    lambda t: self.tensor(*t.as_list()) if isinstance(t, ListWrapper) else t, wrapped
                )
            tensors.append(self.tensor(name, node_index, tensor_index))
        inputs = pack_sequence_as(node_data, tensors)
        if not isinstance(inputs, dict) and len(tensors) == 1:
            inputs = tensors[0]
        layer(inputs, **kwargs)
        return True

    def ends(self, data: Any) -> Any:
        """The tensors that a description begins or ends with."""
        wrapped = convert_inner_node_data(data, wrap=True)
        found = [self.tensor(*item.as_list()) for item in flatten(wrapped)]
        return pack_sequence_as(wrapped, found)


def rebuild(cls: Any, config: dict[str, Any], custom_objects: Any) -> Any:
    """The network of a description.

    Args:
        cls: its class.
        config: what `describe` returned.
        custom_objects: the program's own classes and functions by name.

    Raises:
        ValueError: a description that nothing can be made of.
    """
    from perdure.keras.layers.serialization import deserialize

    made = _Rebuilding()
    pending: list[tuple[Any, Any]] = []
    for data in config["layers"]:
        layer = deserialize(data, custom_objects=custom_objects)
        made.layers[data["name"]] = layer
        for node_data in convert_inner_node_data(data["inbound_nodes"], wrap=True):
            pending.append((layer, node_data))
    while pending:
        left: list[tuple[Any, Any]] = []
        for layer, node_data in pending:
            # The calls of a layer keep their order.
            if any(layer is other for other, _ in left) or not made.call(layer, node_data):
                left.append((layer, node_data))
        if len(left) == len(pending):
            raise ValueError("Improperly formatted model config: its layers depend on each other.")
        pending = left
    model = cls(
        inputs=made.ends(config["input_layers"]),
        outputs=made.ends(config["output_layers"]),
        name=config.get("name"),
    )
    known = set(map(id, model.layers))
    others = [layer for layer in made.layers.values() if id(layer) not in known]
    if others:
        nodes = [
            node
            for layer in made.layers.values()
            for node in layer._inbound_nodes[1 if _skips_first_node(layer) else 0 :]
        ]
        model._insert_layers(others, nodes)
    return model
