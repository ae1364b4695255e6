"""Layers for what programs compute between layers: single operations, losses and metrics."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from perdure.graph.constants import constant, constant_value
from perdure.graph.defaults import init_scope
from perdure.graph.nest import flatten
from perdure.keras.backend.function import function
from perdure.keras.backend.state import get_value
from perdure.keras.engine.calls import uses_keras_history
from perdure.keras.engine.layer import Layer

_PREFIX = "tf_op_layer_"


def create_keras_history(tensors: Any) -> list[Layer]:
    """Make layers of the operations that tensors were computed with from outputs of layers.

    Args:
        tensors: a structure of tensors.

    Returns:
        The layers.
    """
    made: list[Layer] = []
    _make_layers(tensors, set(), made)
    return made


def _make_layers(tensors: Any, processed: set[Any], made: list[Layer]) -> None:
    for tensor in flatten(tensors):
        if getattr(tensor, "_keras_history", None) is not None or tensor.op in processed:
            continue
        op = tensor.op
        constants, inputs = {}, []
        for i, op_input in enumerate(op.inputs):
            if uses_keras_history(op_input):
                inputs.append(op_input)
            else:
                with init_scope():
                    constants[i] = function([], op_input)([])
        _make_layers(inputs, processed, made)
        layer = TensorFlowOpLayer(op.node_def.SerializeToString(), constants=constants, name=op.name)
        made.append(layer)
        layer._add_inbound_node(inputs, op.outputs)
        processed.add(op)


class TensorFlowOpLayer(Layer):
    """One operation as a layer.

    Args:
        node_def: its `NodeDef`: as bytes, or as the dictionary of `get_config`.
        name: the name of the operation.
        constants: the values of those inputs that do not come from layers, by position.
        trainable, dtype: see `Layer`.
    """

    def __init__(
        self,
        node_def: Any,
        name: str,
        constants: dict[Any, Any] | None = None,
        trainable: bool = True,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=_PREFIX + name, trainable=trainable, dtype=dtype, autocast=False)
        from perdure.formats.messages import NodeDef

        if isinstance(node_def, dict):
            from perdure.formats.messages import from_json

            self.node_def = from_json(NodeDef(), json.dumps(node_def))
        else:
            self.node_def = NodeDef.FromString(
                node_def if isinstance(node_def, bytes) else node_def.encode("utf-8")
            )
        self.constants = {int(index): value for index, value in (constants or {}).items()}
        self.built = True

    def call(self, inputs: Any) -> Any:
        inputs = list(flatten(inputs))
        graph = inputs[0].graph
        with graph.as_default():
            for index, value in self.constants.items():
                known = constant_value(value) if hasattr(value, "op") else value
                if known is not None:
                    name = self.node_def.input[index].partition(":")[0]
                    value = constant(np.asarray(known), name=name)
                inputs.insert(index, value)
            if "N" in self.node_def.attr:
                count = self.node_def.attr["N"].i
                inputs = [inputs[:count], *inputs[count:]]
            op = graph.create_op(
                self.node_def.op,
                flatten(inputs),
                name=self.node_def.name,
                attrs=dict(self.node_def.attr),
            )
        return op.outputs[0] if len(op.outputs) == 1 else op.outputs

    def get_config(self) -> dict[str, Any]:
        from perdure.formats.messages import as_dict

        config = super().get_config()
        config.update(
            {
                "name": config["name"][len(_PREFIX) :],
                "node_def": as_dict(self.node_def),
                "constants": {i: get_value(value) for i, value in self.constants.items()},
            }
        )
        return config


class AddLoss(Layer):
    """A loss that was added to a network of layers."""

    def __init__(self, unconditional: bool, **kwargs: Any) -> None:
        kwargs["autocast"] = False
        super().__init__(**kwargs)
        self.unconditional = unconditional

    def call(self, inputs: Any) -> Any:
        self.add_loss(inputs, inputs=not self.unconditional)
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "unconditional": self.unconditional}


class AddMetric(Layer):
    """A metric that was added to a network of layers."""

    def __init__(self, aggregation: str | None = None, metric_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.aggregation = aggregation
        self.metric_name = metric_name

    def call(self, inputs: Any) -> Any:
        self.add_metric(inputs, self.aggregation, self.metric_name)
        return inputs

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {**config, "aggregation": self.aggregation, "metric_name": self.metric_name}
