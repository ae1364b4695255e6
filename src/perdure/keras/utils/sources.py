"""get_source_inputs and convert_all_kernels_in_model: what is asked of and done to layers of a model."""

from __future__ import annotations

from typing import Any

from perdure.graph.nest import flatten
from perdure.keras.backend.state import batch_set_value, get_value
from perdure.keras.utils.convolution import convert_kernel


def get_source_inputs(tensor: Any, layer: Any = None, node_index: Any = None) -> Any:
    """The inputs that a tensor of a model comes from.

    Args:
        tensor: the tensor.
        layer, node_index: where it comes from; without, it says so itself.
    """
    if not hasattr(tensor, "_keras_history"):
        return tensor
    if layer is None or node_index:
        layer, node_index, _ = tensor._keras_history
    if not layer._inbound_nodes:
        return [tensor]
    node = layer._inbound_nodes[node_index]
    if not node.inbound_layers:
        return flatten(node.input_tensors)
    found: list[Any] = []
    for inbound, index, _, source in node.iterate_inbound():
        for x in get_source_inputs(source, inbound, index):
            if all(x is not t for t in found):
                found.append(x)
    return found


def convert_all_kernels_in_model(model: Any) -> None:
    """Turn the kernels of a model's convolutions by half a turn: from Theano's to TensorFlow's, or back."""
    kinds = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose")
    batch_set_value(
        [
            (layer.kernel, convert_kernel(get_value(layer.kernel)))
            for layer in model.layers
            if type(layer).__name__ in kinds
        ]
    )
