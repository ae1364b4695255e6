"""Node: one call of a layer in a network."""

from __future__ import annotations

from typing import Any

from perdure.graph.nest import flatten, map_structure
from perdure.graph.tensor import Tensor
from perdure.keras.backend.shapes import int_shape
from perdure.keras.engine.calls import create_keras_history, needs_keras_history


class Node:
    """A call of a layer: which tensors of which layers it took, and which it made.

    Args:
        outbound_layer: the layer that was called.
        inbound_layers, node_indices, tensor_indices: where each input comes from, in the structure of the
            inputs.
        input_tensors, output_tensors: structures of tensors.
        arguments: the other arguments of the call.
    """

    def __init__(
        self,
        outbound_layer: Any,
        inbound_layers: Any,
        node_indices: Any,
        tensor_indices: Any,
        input_tensors: Any,
        output_tensors: Any,
        arguments: dict[str, Any] | None = None,
    ) -> None:
        if isinstance(outbound_layer, (list, tuple, dict)):
            raise ValueError("`outbound_layer` should be a layer instance, not a list, tuple, or, dict.")
        self.outbound_layer = outbound_layer
        self.inbound_layers = inbound_layers
        self.node_indices = node_indices
        self.tensor_indices = tensor_indices
        self.input_tensors = input_tensors
        self.output_tensors = output_tensors
        self.input_shapes = map_structure(int_shape, input_tensors)
        self.output_shapes = map_structure(int_shape, output_tensors)
        self.arguments = arguments
        for tensor in flatten(arguments):
            if isinstance(tensor, Tensor) and needs_keras_history(tensor, ignore_call_context=True):
                create_keras_history(tensor)
        for layer in flatten(inbound_layers):
            if layer is not None:
                layer._outbound_nodes.append(self)
        outbound_layer._inbound_nodes.append(self)

    def iterate_inbound(self, include_arguments: bool = False) -> list[tuple[Any, int, int, Any]]:
        """(layer, node index, tensor index, tensor) of each input.

        Args:
            include_arguments: whether tensors among the other arguments count.
        """
        inbound = list(
            zip(
                flatten(self.inbound_layers),
                flatten(self.node_indices),
                flatten(self.tensor_indices),
                flatten(self.input_tensors),
                strict=False,
            )
        )
        if include_arguments:
            for tensor in flatten(self.arguments):
                if hasattr(tensor, "_keras_history"):
                    inbound.append((*tensor._keras_history, tensor))
        return inbound

    def _get_all_node_dependencies(self) -> list[Node]:
        return [
            layer._inbound_nodes[index] for layer, index, _, _ in self.iterate_inbound(include_arguments=True)
        ]

    def get_config(self) -> dict[str, Any]:
        """What it connects, by names."""
        names = map_structure(lambda layer: layer.name if layer else None, self.inbound_layers)
        return {
            "outbound_layer": self.outbound_layer.name,
            "inbound_layers": names,
            "node_indices": self.node_indices,
            "tensor_indices": self.tensor_indices,
        }
