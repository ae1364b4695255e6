"""What a layer knows of its calls: its inputs, outputs, masks and their shapes."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import identity
from perdure.graph.defaults import name_scope
from perdure.graph.nest import flatten, map_structure, pack_sequence_as
from perdure.keras.engine.calls import KerasHistory
from perdure.keras.engine.node import Node


def _masks(tensors: Any) -> Any:
    if isinstance(tensors, list):
        return [getattr(x, "_keras_mask", None) for x in tensors]
    return getattr(tensors, "_keras_mask", None)


class Connected:
    """The part of a layer that remembers its calls."""

    _inbound_nodes: list[Node]
    _outbound_nodes: list[Node]
    name: Any

    @property
    def inbound_nodes(self) -> list[Node]:
        """Its calls."""
        return self._inbound_nodes

    @property
    def outbound_nodes(self) -> list[Node]:
        """The calls of other layers on its outputs."""
        return self._outbound_nodes

    def _set_connectivity_metadata_(
        self, inputs: Any, outputs: Any, args: Any, kwargs: Any
    ) -> tuple[Any, Any]:
        """Remember a call; an output that is an input gets a tensor of its own."""
        given = {id(x) for x in flatten(inputs)}
        tensors = []
        for x in flatten(outputs):
            if id(x) in given:
                with name_scope(self.name):
                    x = identity(x)
            tensors.append(x)
        outputs = pack_sequence_as(outputs, tensors)
        arguments = dict(zip(self._call_fn_args[1:], args, strict=False))  # type: ignore[attr-defined]
        arguments.update(kwargs)
        self._add_inbound_node(inputs, outputs, arguments)
        return inputs, outputs

    def _add_inbound_node(self, input_tensors: Any, output_tensors: Any, arguments: Any = None) -> None:
        history = [map_structure(lambda t, i=i: t._keras_history[i], input_tensors) for i in range(3)]
        Node(
            self,
            inbound_layers=history[0],
            node_indices=history[1],
            tensor_indices=history[2],
            input_tensors=input_tensors,
            output_tensors=output_tensors,
            arguments=arguments,
        )
        for i, tensor in enumerate(flatten(output_tensors)):
            tensor._keras_history = KerasHistory(self, len(self._inbound_nodes) - 1, i)

    def _get_node_attribute_at_index(self, node_index: int, attr: str, attr_name: str) -> Any:
        if not self._inbound_nodes:
            raise RuntimeError(f"The layer has never been called and thus has no defined {attr_name}.")
        if not len(self._inbound_nodes) > node_index:
            raise ValueError(
                f"Asked to get {attr_name} at node {node_index}, but the layer has only "
                f"{len(self._inbound_nodes)} inbound nodes."
            )
        values = getattr(self._inbound_nodes[node_index], attr)
        return values[0] if isinstance(values, list) and len(values) == 1 else values

    def get_input_at(self, node_index: int) -> Any:
        """The input of a call."""
        return self._get_node_attribute_at_index(node_index, "input_tensors", "input")

    def get_output_at(self, node_index: int) -> Any:
        """The output of a call."""
        return self._get_node_attribute_at_index(node_index, "output_tensors", "output")

    def get_input_shape_at(self, node_index: int) -> Any:
        """The shape of the input of a call."""
        return self._get_node_attribute_at_index(node_index, "input_shapes", "input shape")

    def get_output_shape_at(self, node_index: int) -> Any:
        """The shape of the output of a call."""
        return self._get_node_attribute_at_index(node_index, "output_shapes", "output shape")

    def get_input_mask_at(self, node_index: int) -> Any:
        """The mask of the input of a call."""
        return _masks(self.get_input_at(node_index))

    def get_output_mask_at(self, node_index: int) -> Any:
        """The mask of the output of a call."""
        return _masks(self.get_output_at(node_index))

    @property
    def input(self) -> Any:
        """The input of its first call.

        Raises:
            AttributeError: it was not called.
        """
        if not self._inbound_nodes:
            raise AttributeError(f"Layer {self.name} is not connected, no input to return.")
        return self._get_node_attribute_at_index(0, "input_tensors", "input")

    @property
    def output(self) -> Any:
        """The output of its first call.

        Raises:
            AttributeError: it was not called.
        """
        if not self._inbound_nodes:
            raise AttributeError(f"Layer {self.name} has no inbound nodes.")
        return self._get_node_attribute_at_index(0, "output_tensors", "output")

    @property
    def input_mask(self) -> Any:
        """The mask of the input of its first call."""
        return _masks(self.input)

    @property
    def output_mask(self) -> Any:
        """The mask of the output of its first call."""
        return _masks(self.output)

    def _common_shape(self, attr: str, what: str, shown: str) -> Any:
        if not self._inbound_nodes:
            raise AttributeError(f"The layer has never been called and thus has no defined {what} shape.")
        if len({str(getattr(node, attr)) for node in self._inbound_nodes}) == 1:
            return getattr(self._inbound_nodes[0], attr)
        raise AttributeError(
            f'The layer "{self.name}{shown} has multiple inbound nodes, with different {what} shapes. Hence '
            f'the notion of "{what} shape" is ill-defined for the layer. Use '
            f"`get_{what}_shape_at(node_index)` instead."
        )

    @property
    def input_shape(self) -> Any:
        """The shape of its inputs, if all its calls have the same.

        Raises:
            AttributeError: it was not called, or on inputs of other shapes.
        """
        return self._common_shape("input_shapes", "input", "")

    @property
    def output_shape(self) -> Any:
        """The shape of its outputs, if all its calls have the same.

        Raises:
            AttributeError: it was not called, or its outputs have other shapes.
        """
        return self._common_shape("output_shapes", "output", '"')
