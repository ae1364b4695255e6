"""What a layer holds: variables, updates, losses and metrics, its own and those of layers in it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.values import is_tensor
from perdure.functional.math.cast import cast
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.nest import flatten
from perdure.graph.operation import Operation
from perdure.keras.backend.state import batch_get_value, batch_set_value
from perdure.keras.config import floatx
from perdure.keras.engine.calls import call_context, make_mean
from perdure.keras.utils.objects import to_list
from perdure.keras.utils.structures import get_reachable_from_inputs, is_symbolic_tensor
from perdure.tracking.trackable import no_automatic_dependency_tracking
from perdure.tracking.weights import filter_empty_layer_containers
from perdure.variables.partitioned_variable import PartitionedVariable

_AGGREGATED = (
    "We do not support adding an aggregated metric result tensor that is not the output of a "
    "`tf.keras.metrics.Metric` metric instance. Without having access to the metric instance we cannot "
    "reset the state of a metric after every epoch during training. You can create a "
    "`tf.keras.metrics.Metric` instance and pass the result here or pass an un-aggregated result with "
    "`aggregation` parameter set as `mean`. For example: `self.add_metric(tf.reduce_sum(inputs), "
    "name='mean_activation', aggregation='mean')`"
)


class Gathering:
    """The part of a layer that holds variables, updates, losses and metrics."""

    _layers: list[Any]
    _trainable_weights: list[Any]
    _non_trainable_weights: list[Any]
    _updates: list[Any]
    _losses: list[Any]
    _callable_losses: list[Any]
    _metrics: list[Any]
    _inbound_nodes: list[Any]
    _activity_regularizer: Any
    trainable: Any
    stateful: Any
    name: Any

    def _nested_layers(self) -> list[Any]:
        return filter_empty_layer_containers(getattr(self, "_layers", ()))

    def _gather_children_attribute(self, attribute: str) -> list[Any]:
        return [item for layer in self._nested_layers() for item in getattr(layer, attribute)]

    # -- variables -----------------------------------------------------------------------

    @property
    def trainable_weights(self) -> list[Any]:
        """The variables that optimizers change; none if the layer is not trainable."""
        if not self.trainable:
            return []
        return self._trainable_weights + self._gather_children_attribute("trainable_weights")

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The other variables."""
        if self.trainable:
            return self._non_trainable_weights + self._gather_children_attribute("non_trainable_weights")
        own = self._trainable_weights + self._non_trainable_weights
        return own + self._gather_children_attribute("weights")

    @property
    def weights(self) -> list[Any]:
        """All variables, the trainable ones first."""
        return self.trainable_weights + self.non_trainable_weights

    @property
    def variables(self) -> list[Any]:
        """The same as `weights`."""
        return self.weights

    @property
    def trainable_variables(self) -> list[Any]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The same as `non_trainable_weights`."""
        return self.non_trainable_weights

    @property
    def _unique_trainable_weights(self) -> list[Any]:
        return list({id(w): w for w in self.trainable_weights}.values())

    def get_weights(self) -> list[Any]:
        """The values of its variables, as arrays."""
        return batch_get_value(self.weights)

    def set_weights(self, weights: Any) -> None:
        """Set its variables.

        Args:
            weights: arrays in the order of `weights`.

        Raises:
            ValueError: not as many, or of other shapes.
        """
        params = self.weights
        if len(params) != len(weights):
            raise ValueError(
                f'You called `set_weights(weights)` on layer "{self.name}" with a  weight list of length '
                f"{len(weights)}, but the layer was expecting {len(params)} weights. Provided weights: "
                f"{str(weights)[:50]}..."
            )
        for p, w in zip(params, weights, strict=True):
            if not p.shape.is_compatible_with(np.shape(w)):
                raise ValueError(
                    f"Layer weight shape {p.shape} not compatible with provided weight shape {np.shape(w)}"
                )
        batch_set_value(list(zip(params, weights, strict=True)))

    def _get_trainable_state(self) -> dict[Any, bool]:
        state = {self: self.trainable}
        for layer in self._nested_layers():
            state.update(layer._get_trainable_state())
        return state

    def _set_trainable_state(self, trainable_state: dict[Any, bool]) -> None:
        if self in trainable_state:
            self.trainable = trainable_state[self]
        for layer in self._nested_layers():
            layer._set_trainable_state(trainable_state)

    # -- updates -------------------------------------------------------------------------

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Add operations that run with each step of training.

        Args:
            updates: operations, tensors, or functions without arguments that make one.
            inputs: ignored, as by TensorFlow 1.15: what an update depends on follows from the graph.
        """
        if call_context.in_call:
            relevant = call_context.inputs
        else:
            relevant = [node.input_tensors for node in getattr(self, "_inbound_nodes", ())]
        for update in to_list(updates):
            while callable(update) and not is_tensor(update):
                update = update()
            if not isinstance(update, Operation):
                update = update.op if hasattr(update, "op") else convert_to_tensor(update)
            update._unconditional_update = update not in get_reachable_from_inputs(relevant, [update])
            self._updates.append(update)

    @property
    def updates(self) -> list[Any]:
        """Operations that run with each step of training."""
        if not self.trainable and not self.stateful:
            return []
        return self._updates + self._gather_children_attribute("updates")

    def get_updates_for(self, inputs: Any) -> list[Any]:
        """The updates that depend on some inputs; for None, those that depend on no input."""
        if inputs is None:
            return [u for u in self.updates if u._unconditional_update]
        updates = [u for u in self.updates if not u._unconditional_update]
        reachable = get_reachable_from_inputs(flatten(inputs), updates)
        return [u for u in updates if u in reachable]

    # -- losses --------------------------------------------------------------------------

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Add losses, which are added to that of a model the layer is in.

        Args:
            losses: tensors, or functions without arguments that make one.
            inputs: the tensors they depend on; None if they depend on variables only.

        Raises:
            ValueError: a number, outside of the call of a layer.
        """

        def tagged(loss: Any) -> Any:
            if callable(loss):
                loss = loss()
            if loss is None:
                return None
            if not is_tensor(loss):
                loss = convert_to_tensor(loss, dtype=floatx())
            loss._unconditional_loss = inputs is None
            return loss

        for loss in flatten(losses):
            if callable(loss) and not is_tensor(loss):
                self._callable_losses.append(functools.partial(tagged, loss))
                continue
            symbolic = tagged(loss)
            if symbolic is None:
                continue
            if call_context.in_call or not getattr(self, "_is_graph_network", False):
                self._losses.append(symbolic)
            else:
                self._graph_network_add_loss(symbolic)  # type: ignore[attr-defined]

    @property
    def losses(self) -> list[Any]:
        """Its losses; those of variables are made anew, as in TensorFlow 1.15."""
        made = [loss() for loss in self._callable_losses]
        own = self._losses + [loss for loss in made if loss is not None]
        return own + self._gather_children_attribute("losses")

    def get_losses_for(self, inputs: Any) -> list[Any]:
        """The losses that depend on some inputs; for None, those that were added without inputs."""
        if inputs is None:
            return [loss for loss in self.losses if loss._unconditional_loss]
        losses = [loss for loss in self.losses if not loss._unconditional_loss]
        reachable = get_reachable_from_inputs(flatten(inputs), losses)
        return [loss for loss in losses if loss in reachable]

    @no_automatic_dependency_tracking
    def _clear_losses(self) -> None:
        """Forget losses of values; those of graphs stay, so there is nothing to do."""

    def _handle_weight_regularization(
        self, name: str, variable: Any, regularizer: Callable[[Any], Any]
    ) -> None:
        def loss_of(part: Any) -> Any:
            with name_scope(name + "/Regularizer"):
                return regularizer(part)

        for part in variable if isinstance(variable, PartitionedVariable) else [variable]:
            self.add_loss(functools.partial(loss_of, part))

    def _handle_activity_regularization(self, inputs: Any, outputs: Any) -> None:
        if not self._activity_regularizer:
            return
        with name_scope("ActivityRegularizer"):
            for output in flatten(outputs):
                loss = self._activity_regularizer(output)
                batch_size = cast(shape_op(output)[0], loss.dtype)
                self.add_loss(loss / batch_size, inputs=inputs)

    # -- metrics -------------------------------------------------------------------------

    @property
    def metrics(self) -> list[Any]:
        """The metrics that were added to it and to layers in it."""
        return self._metrics + self._gather_children_attribute("metrics")

    def add_metric(self, value: Any, aggregation: str | None = None, name: str | None = None) -> None:
        """Add a tensor that a model reports while training.

        Args:
            value: the tensor.
            aggregation: "mean" for the mean over all batches; None if `value` is the result of a metric.
            name: what it is reported as.

        Raises:
            ValueError: wrong arguments.
        """
        if aggregation is not None and aggregation != "mean":
            raise ValueError(
                "We currently support only `mean` sample-wise metric aggregation. You provided aggregation="
                f"`{aggregation}`"
            )
        from_metric = hasattr(value, "_metric_obj")
        if from_metric:
            name = value._metric_obj.name
        elif name is None:
            raise ValueError(
                "Please provide a name for your metric like `self.add_metric(tf.reduce_sum(inputs), "
                "name='mean_activation', aggregation='mean')`"
            )
        if not is_symbolic_tensor(value):
            if not call_context.in_call:
                raise ValueError("Expected a symbolic Tensor for the metric value, received: " + str(value))
            value = convert_to_tensor(value)
        if call_context.in_call or not getattr(self, "_is_graph_network", False):
            self._symbolic_add_metric(value, aggregation, name)
            return
        if from_metric:
            raise ValueError(
                "Using the result of calling a `Metric` object when calling `add_metric` on a Functional "
                "Model is not supported. Please pass the Tensor to monitor directly."
            )
        self._graph_network_add_metric(value, aggregation, name)  # type: ignore[attr-defined]

    def _symbolic_add_metric(self, value: Any, aggregation: str | None, name: str | None) -> None:
        matches = [m for m in self._metrics if m.name == name]
        if len(matches) > 1:
            raise ValueError(
                f"Please provide different names for the metrics you have added. We found {len(matches)} "
                f'metrics with the name: "{name}"'
            )
        if aggregation is None:
            if not matches:
                if not hasattr(value, "_metric_obj"):
                    raise ValueError(_AGGREGATED)
                self._metrics.append(value._metric_obj)
        elif matches:
            matches[0](value)
        else:
            metric = make_mean(name=name)
            metric(value)
            self._metrics.append(metric)
