"""How layers with weights end: normalization or biases, an activation, a place in collections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from perdure.contrib.layers.scopes import collect, layer_scope
from perdure.contrib.layers.utils import collect_named_outputs
from perdure.graph.conversion import convert_to_tensor

LayerFactory = Callable[..., Any]
# Variables of tf.layers, and what they are called here.
WEIGHTS_AND_BIASES = {"kernel": "weights", "bias": "biases"}


@dataclass(frozen=True)
class Common:
    """The arguments that all layers with weights have; see `fully_connected`."""

    activation_fn: Any
    normalizer_fn: Any
    normalizer_params: Mapping[str, Any] | None
    biases_initializer: Any
    biases_regularizer: Any
    reuse: Any
    variables_collections: Any
    outputs_collections: Any
    trainable: bool
    scope: Any

    @property
    def has_biases(self) -> bool:
        """Whether the layer adds biases: where nothing else normalizes."""
        return not self.normalizer_fn and bool(self.biases_initializer)

    def apply(
        self,
        default_name: str,
        inputs: Any,
        make: Callable[[Any], tuple[LayerFactory, dict[str, Any]]],
        names: Mapping[str, str] = WEIGHTS_AND_BIASES,
    ) -> Any:
        """Make a layer of tf.layers in a scope of its own, call it, and finish.

        Args:
            default_name: the name of the scope, if none is given.
            inputs: what the layer is called with.
            make: a function from the inputs to the class of the layer and arguments for it.
            names: the names of its variables.

        Returns:
            The outputs.
        """
        with layer_scope(self.scope, default_name, inputs, self.reuse, names) as scope:
            inputs = convert_to_tensor(inputs)
            layer_class, arguments = make(inputs)
            layer = layer_class(
                **arguments,
                activation=None,
                use_bias=self.has_biases,
                bias_initializer=self.biases_initializer,
                bias_regularizer=self.biases_regularizer,
                trainable=self.trainable,
                name=scope.name,
                dtype=inputs.dtype.base_dtype,
                _scope=scope,
                _reuse=self.reuse,
            )
            outputs = layer.apply(inputs)
            for attribute, name in names.items():
                # All kernels of a layer are its weights.
                collection = "biases" if name == "biases" else "weights"
                collect(getattr(layer, attribute, None), self.variables_collections, collection)
            return self.finish(self.normalized(outputs), scope)

    def normalized(self, outputs: Any) -> Any:
        """The outputs, normalized if there is a function for it."""
        if self.normalizer_fn is None:
            return outputs
        return self.normalizer_fn(outputs, **(self.normalizer_params or {}))

    def finish(self, outputs: Any, scope: Any) -> Any:
        """The activated outputs, which are added to the collections."""
        return finished(outputs, self.activation_fn, self.outputs_collections, scope.name)


def finished(outputs: Any, activation_fn: Any, outputs_collections: Any, alias: str) -> Any:
    """The activated outputs, which are added to collections under an alias."""
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return collect_named_outputs(outputs_collections, alias, outputs)
