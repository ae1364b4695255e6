"""clone_model: a model with the same layers and other variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.graph.nest import flatten, map_structure, pack_sequence_as
from perdure.keras.backend.shapes import is_keras_tensor, placeholder
from perdure.keras.backend.state import track_tf_optimizer
from perdure.keras.engine.input_layer import Input, InputLayer
from perdure.keras.engine.model import Model
from perdure.keras.engine.op_layers import AddMetric
from perdure.keras.engine.sequential import Sequential
from perdure.keras.metrics.metric import clone_metrics
from perdure.keras.optimizers.wrapped import TFOptimizer
from perdure.keras.utils.objects import CustomObjectScope, to_list

Clone = Callable[[Any], Any]


def _clone_layer(layer: Any) -> Any:
    return type(layer).from_config(layer.get_config())


def clone_model(model: Any, input_tensors: Any = None, clone_function: Clone | None = None) -> Any:
    """A model with the same layers and variables of its own.

    Args:
        model: a model of `Sequential`, or one of inputs and outputs.
        input_tensors: tensors to build it upon.
        clone_function: what makes a layer from a layer; without, its description does.

    Raises:
        ValueError: a model that a subclass defines, or wrong inputs.
    """
    clone = _clone_layer if clone_function is None else clone_function
    if isinstance(model, Sequential):
        return _clone_sequential(model, input_tensors, clone)
    return _clone_functional(model, input_tensors, clone)


def _call_again(
    nodes_by_depth: dict[int, list[Any]], clone: Clone, layers: dict[Any, Any], tensors: dict[int, Any]
) -> list[Any]:
    """Call clones of layers as the layers were called.

    Args:
        nodes_by_depth: the calls.
        clone: what makes a layer from a layer.
        layers: the clones; more come.
        tensors: tensors of the clone by the identity of the model's; more come.

    Returns:
        The new calls.
    """
    calls = []
    for depth in sorted(nodes_by_depth, reverse=True):
        for node in nodes_by_depth[depth]:
            layer = node.outbound_layer
            if layer not in layers:
                layers[layer] = clone(layer)
            elif isinstance(layers[layer], InputLayer):
                continue
            layer = layers[layer]
            if all(id(tensor) in tensors for tensor in flatten(node.input_tensors)):
                inputs = map_structure(lambda t: tensors[id(t)], node.input_tensors)
                outputs = layer(inputs, **(node.arguments or {}))
                first = flatten(outputs)[0]
                calls.append(layer._inbound_nodes[first._keras_history.node_index])
                for x, y in zip(flatten(node.output_tensors), flatten(outputs), strict=True):
                    tensors[id(x)] = y
    return calls


def _insert_others(model: Any, others: list[Any], metrics_names: list[str], calls: list[Any]) -> None:
    """Give a clone the layers of losses and metrics that were added to the model."""
    metrics = [layer for layer in others if isinstance(layer, AddMetric)]
    metrics.sort(key=lambda layer: metrics_names.index(str(layer.metric_name)))
    others = [layer for layer in others if not isinstance(layer, AddMetric)]
    model._insert_layers([*others, *metrics], calls)


def _clone_functional(model: Any, input_tensors: Any, clone: Clone) -> Any:
    if not isinstance(model, Model):
        raise ValueError("Expected `model` argument to be a `Model` instance, got ", model)
    if not model._is_graph_network:
        raise ValueError(
            "Expected `model` argument to be a functional `Model` instance, but got a subclass model instead."
        )
    layers: dict[Any, Any] = {}
    given = [None] * len(model._input_layers) if input_tensors is None else flatten(input_tensors)
    inputs = []
    for layer, tensor in zip(model._input_layers, given, strict=True):
        if tensor is None:
            tensor = Input(**layer.get_config())
            layers[layer] = tensor._keras_history.layer
        elif not is_keras_tensor(tensor):
            tensor = Input(tensor=tensor, name=f"input_wrapper_for_{layer.name}")
            layers[layer] = tensor._keras_history.layer
        inputs.append(tensor)
    tensors = {id(x): y for x, y in zip(model.inputs, inputs, strict=True)}
    if not callable(clone):
        raise ValueError("Expected `layer_fn` argument to be a callable.")
    calls = _call_again(model._nodes_by_depth, clone, layers, tensors)
    outputs = []
    for x in model.outputs:
        assert id(x) in tensors, f"Could not compute output {x}"
        outputs.append(tensors[id(x)])
    cloned = Model(
        pack_sequence_as(model._nested_inputs, inputs),
        pack_sequence_as(model._nested_outputs, outputs),
        name=model.name,
    )
    others = [layer for layer in layers.values() if layer not in cloned.layers]
    if others:
        _insert_others(cloned, others, model.metrics_names, calls)
    return cloned


def _clone_sequential(model: Any, input_tensors: Any, clone: Clone) -> Any:
    if not callable(clone):
        raise ValueError("Expected `layer_fn` argument to be a callable.")
    clones: dict[Any, Any] = {}
    for layer in model._layers:
        if not isinstance(layer, InputLayer):
            clones[layer] = clone(layer)
        elif input_tensors is None:
            clones[layer] = _clone_layer(layer)
    behind = {}
    if model._is_graph_network:
        behind = {depth: nodes for depth, nodes in model._nodes_by_depth.items() if depth < 0}
    others = [clones[node.outbound_layer] for depth in sorted(behind, reverse=True) for node in behind[depth]]
    layers = [layer for layer in clones.values() if layer not in others]
    if input_tensors is not None:
        layers = [_input_layer(to_list(_listed(input_tensors))), *layers]
    cloned = Sequential(layers=layers, name=model.name)
    if others:
        tensors = {}
        for depth, nodes in cloned._nodes_by_depth.items():
            for new, old in zip(nodes, model._nodes_by_depth[depth], strict=False):
                pairs = zip(flatten(old.output_tensors), flatten(new.output_tensors), strict=True)
                tensors.update({id(x): y for x, y in pairs})
        calls = _call_again(behind, clone, clones, tensors)
        _insert_others(cloned, others, model.metrics_names, calls)
    return cloned


def _listed(tensors: Any) -> Any:
    return list(tensors) if isinstance(tensors, tuple) else tensors


def _input_layer(tensors: list[Any]) -> Any:
    """The layer of the one input that a model of `Sequential` is cloned upon."""
    if len(tensors) != 1:
        raise ValueError(
            "To clone a `Sequential` model, we expect  at most one tensor as part of `input_tensors`."
        )
    tensor = tensors[0]
    if not is_keras_tensor(tensor):
        return Input(tensor=tensor, name=f"input_wrapper_for_{tensor.op.name}")._keras_history.layer
    layer = tensor._keras_history.layer
    if not isinstance(layer, InputLayer):
        raise ValueError(
            "Cannot clone a `Sequential` model on top of a tensor that comes from a Keras layer other than "
            "an `InputLayer`. Use the functional API instead."
        )
    return layer


def clone_and_build_model(
    model: Any,
    input_tensors: Any = None,
    target_tensors: Any = None,
    custom_objects: Any = None,
    compile_clone: bool = True,
    in_place_reset: bool = False,
    optimizer_iterations: Any = None,
    optimizer_config: Any = None,
) -> Any:
    """A clone of a model, compiled as the model was.

    Args:
        model: the model.
        input_tensors, target_tensors: tensors to build it upon.
        custom_objects: the program's own classes and functions by name.
        compile_clone: whether it is compiled.
        in_place_reset: for a model that a subclass defines, which is not supported.
        optimizer_iterations: the variable that counts the steps.
        optimizer_config: the description of the optimizer, instead of the model's.

    Raises:
        ValueError: the model was not compiled, or cannot be cloned.
    """
    if compile_clone and not model.optimizer:
        raise ValueError(
            "Error when cloning model: compile_clone was set to True, but the original model has not been "
            "compiled."
        )
    if not model._is_graph_network and not isinstance(model, Sequential):
        clone = type(model).from_config(model.get_config())
        if input_tensors is not None:
            given = _listed(input_tensors)
            clone._set_inputs(given[0] if isinstance(given, list) and len(given) == 1 else given)
    else:
        with CustomObjectScope(custom_objects or {}):
            clone = clone_model(model, input_tensors=input_tensors)
        known = getattr(model, "_build_input_shape", None)
        if isinstance(clone, Sequential) and not clone._is_graph_network and known is not None:
            clone._set_inputs(placeholder(known, dtype=model.inputs[0].dtype))
    if not compile_clone:
        return clone
    optimizer = model.optimizer
    if isinstance(optimizer, TFOptimizer):
        optimizer = TFOptimizer(optimizer.optimizer, optimizer_iterations)
        track_tf_optimizer(optimizer)
    else:
        config = optimizer.get_config() if optimizer_config is None else optimizer_config
        optimizer = type(optimizer).from_config(config)
        if optimizer_iterations is not None:
            optimizer.iterations = optimizer_iterations
    clone.compile(
        optimizer,
        model.loss,
        metrics=clone_metrics(model._compile_metrics),
        loss_weights=model.loss_weights,
        sample_weight_mode=model.sample_weight_mode,
        weighted_metrics=clone_metrics(model._compile_weighted_metrics),
        target_tensors=target_tensors,
    )
    return clone
