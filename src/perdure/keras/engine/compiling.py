"""What `compile` makes: targets, losses, metrics, and the functions that run a step."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.values import is_tensor
from perdure.functional.math.cast import cast
from perdure.functional.math.products import add_n
from perdure.graph.defaults import name_scope
from perdure.graph.nest import flatten
from perdure.keras.backend.function import function
from perdure.keras.backend.state import get_graph, symbolic_learning_phase
from perdure.keras.callbacks.base import PREDICT, TEST, TRAIN
from perdure.keras.engine.endpoint import (
    TrainingEndpoint,
    loss_functions,
    set_loss_weights,
    set_sample_weight_modes,
)
from perdure.keras.engine.metric_names import call_metric, metrics_by_output
from perdure.keras.engine.network import Network
from perdure.keras.metrics.reduce import Mean
from perdure.keras.optimizers import wrapped
from perdure.keras.utils.weighting import (
    Reduction,
    compute_weighted_loss,
    reduce_weighted_loss,
    squeeze_or_expand_dimensions,
)
from perdure.platform import logging
from perdure.tracking.trackable import Trackable, no_automatic_dependency_tracking
from perdure.tracking.weights import filter_empty_layer_containers


class Compiled(Network):
    """A network with an optimizer, losses and metrics."""

    _training_endpoints: list[TrainingEndpoint]
    _compile_metric_functions: list[Any]
    total_loss: Any

    @no_automatic_dependency_tracking
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        sample_weight_mode: Any = None,
        weighted_metrics: Any = None,
        target_tensors: Any = None,
        distribute: Any = None,
        **kwargs: Any,
    ) -> None:
        """Say how the model is trained.

        Args:
            optimizer: an optimizer of Keras or of `tf.train`, or its name.
            loss: a loss, its name, or one for each output in a list or dictionary.
            metrics: metrics or their names in a list, for each output in a list of lists or a dictionary.
            loss_weights: what the losses count for, in a list or dictionary.
            sample_weight_mode: "temporal" for weights of time steps; for each output in a list or dictionary.
            weighted_metrics: metrics that are weighted as the loss is.
            target_tensors: tensors that are compared with the outputs, instead of data.
            distribute: a distribution strategy, which is not supported.
            **kwargs: the arguments of `tf.Session.run` (`options`, `run_metadata`, `feed_dict`, `fetches`).

        Raises:
            ValueError: a wrong argument.
            NotImplementedError: a strategy, or running eagerly.
        """
        if kwargs.pop("run_eagerly", None):
            raise ValueError("You can only set `run_eagerly=True` if eager execution is enabled.")
        kwargs.pop("experimental_run_tf_function", None)
        if distribute is not None:
            raise NotImplementedError("distribute: distribution strategies are not supported")
        if isinstance(optimizer, (list, tuple)):
            self.optimizer = [wrapped.get(item) for item in optimizer]
        else:
            self.optimizer = wrapped.get(optimizer)
        if isinstance(self.optimizer, Trackable):
            self._track_trackable(self.optimizer, name="optimizer", overwrite=True)
        self.loss = loss or {}
        self.loss_weights = loss_weights
        self.sample_weight_mode = sample_weight_mode
        self._compile_metrics = metrics or []
        self._compile_weighted_metrics = weighted_metrics
        self._training_endpoints = []
        self._compiled_trainable_state = self._get_trainable_state()
        self._compile_metric_functions = []
        if not self.built or not self.inputs or not self.outputs:
            # Inputs are known when there is data; then it is compiled.
            return
        self._is_compiled = True
        self.loss_functions = loss_functions(self.loss, self.output_names)
        targets = self._given_targets(target_tensors)
        for output, name, loss_fn, target in zip(
            self.outputs, self.output_names, self.loss_functions, targets, strict=True
        ):
            endpoint = TrainingEndpoint(output, name, loss_fn)
            endpoint.make_target(target)
            self._training_endpoints.append(endpoint)
        set_loss_weights(self._training_endpoints, loss_weights)
        with get_graph().as_default():
            self._make_metrics(metrics, weighted_metrics)
            self._handle_metrics(self._per_output_metrics, is_weighted=False)
            set_sample_weight_modes(self._training_endpoints, sample_weight_mode)
            self._make_losses()
            self._function_kwargs = kwargs
            self.train_function: Any = None
            self.test_function: Any = None
            self.predict_function: Any = None
            self._collected_trainable_weights = self._unique_trainable_weights

    def _given_targets(self, target_tensors: Any) -> list[Any]:
        """The tensors that the outputs are compared with; None for those that data is fed for."""
        if target_tensors is None or (isinstance(target_tensors, list) and not target_tensors):
            return [None] * len(self.output_names)
        if isinstance(target_tensors, list):
            if len(target_tensors) != len(self.outputs):
                raise ValueError(
                    "When passing a list as `target_tensors`, it should have one entry per model output. The "
                    f"model has {len(self.outputs)} outputs, but you passed target_tensors={target_tensors}"
                )
            return target_tensors
        if isinstance(target_tensors, dict):
            for name in target_tensors:
                if name not in self.output_names:
                    raise ValueError(
                        f'Unknown entry in `target_tensors` dictionary: "{name}". Only expected the '
                        f"following keys: {self.output_names}"
                    )
            return [target_tensors.get(name) for name in self.output_names]
        if is_tensor(target_tensors):
            return [target_tensors]
        raise TypeError(
            "Expected `target_tensors` to be a list or tuple or dict or a single tensor, but got:",
            target_tensors,
        )

    # -- metrics -----------------------------------------------------------------------------

    @property
    def metrics(self) -> list[Any]:
        """The metrics it was compiled with, and those that were added to it and its layers."""
        compiled = self._compile_metric_functions if self._is_compiled else []
        return [*compiled, *self._metrics, *_metrics_of(self._layers)]

    @property
    def metrics_names(self) -> list[str]:
        """What training reports, in its order: "loss" and the names of losses and metrics."""
        names = ["loss"]
        if self._is_compiled:
            if len(self._training_endpoints) > 1:
                names += [e.loss_name or "" for e in self._training_endpoints if not e.is_skipped]
            names += [m.name for m in self._compile_metric_functions]
        for layer in self.layers:
            names += [m.name for m in layer._metrics]
        return names + [m.name for m in self._metrics]

    def _make_metrics(self, metrics: Any, weighted_metrics: Any) -> None:
        shapes = [None if output.shape.ndims is None else output.shape.as_list() for output in self.outputs]
        given = (self.output_names, shapes, self.loss_functions)
        plain = metrics_by_output(metrics, *given)
        weighted = metrics_by_output(weighted_metrics, *given, is_weighted=True)
        self._per_output_metrics, self._per_output_weighted_metrics = plain, weighted
        for i, endpoint in enumerate(self._training_endpoints):
            if not endpoint.is_skipped:
                plain[i] = self._with_unique_names(plain[i], i)
                weighted[i] = self._with_unique_names(weighted[i], i)
        if len(self._training_endpoints) > 1:
            for endpoint in self._training_endpoints:
                if not endpoint.is_skipped:
                    endpoint.loss_metric = Mean(name=endpoint.loss_name)

    def _with_unique_names(self, metrics: dict[str, Any], output_index: int) -> dict[str, Any]:
        renamed = {}
        for name, metric in metrics.items():
            if len(self.output_names) > 1:
                name = f"{self.output_names[output_index]}_{name}"
            unique, count = name, 1
            while unique in self.metrics_names:
                unique = f"{name}_{count}"
                count += 1
            metric.__dict__["_name"] = unique
            renamed[unique] = metric
            self._compile_metric_functions.append(metric)
        return renamed

    def _handle_metrics(self, metrics: list[dict[str, Any]], is_weighted: bool) -> None:
        """Add the nodes of metrics."""
        # As in TensorFlow, the targets of outputs without a loss are not counted.
        targets = [e.target for e in self._training_endpoints if e.target is not None]
        with name_scope("metrics"):
            for i, endpoint in enumerate(self._training_endpoints):
                if endpoint.is_skipped:
                    continue
                weights = endpoint.sample_weight if is_weighted else None
                mask = getattr(endpoint.output, "_keras_mask", None)
                target = endpoint.target if len(targets) < len(self._training_endpoints) else targets[i]
                for name, metric in metrics[i].items():
                    with name_scope(name):
                        call_metric(metric, target, endpoint.output, weights=weights, mask=mask)

    def _get_training_eval_metrics(self) -> list[Any]:
        of_losses = [e.loss_metric for e in getattr(self, "_training_endpoints", ())]
        return [metric for metric in of_losses if metric is not None] + self.metrics

    def reset_metrics(self) -> None:
        """Let the metrics begin anew."""
        for metric in self._get_training_eval_metrics():
            metric.reset_states()

    # -- losses ------------------------------------------------------------------------------

    def _make_losses(self) -> None:
        """Add the nodes of weights, weighted metrics and the loss."""
        with get_graph().as_default():
            for endpoint in self._training_endpoints:
                endpoint.make_sample_weight(None)
            self._handle_metrics(self._per_output_weighted_metrics, is_weighted=True)
            with_masks = [getattr(x, "_keras_mask", None) for x in self.outputs]
            self.__dict__["total_loss"] = self._prepare_total_loss(with_masks)

    def _prepare_total_loss(self, masks: list[Any]) -> Any:
        total: Any = None
        with name_scope("loss"):
            for endpoint, mask in zip(self._training_endpoints, masks, strict=True):
                if endpoint.is_skipped:
                    continue
                loss, is_mean = self._loss_of(endpoint, mask)
                if len(self.outputs) > 1:
                    endpoint.loss_metric(loss)
                weighted = endpoint.loss_weight * loss
                total = weighted if total is None else total + weighted
            if total is None:
                if not self.losses:
                    raise ValueError("The model cannot be compiled because it has no loss to optimize.")
                total = 0.0
            custom = self.get_losses_for(None) + self.get_losses_for(self.inputs)
            if custom:
                total += add_n(custom)
        return total

    def _loss_of(self, endpoint: TrainingEndpoint, mask: Any) -> tuple[Any, bool]:
        loss_fn, y_true, y_pred = endpoint.loss_fn, endpoint.target, endpoint.output
        weight = endpoint.sample_weight
        with name_scope(endpoint.loss_name):
            if mask is not None:
                mask = cast(mask, y_pred.dtype)
                if weight is None:
                    weight = mask
                else:
                    mask, _, weight = squeeze_or_expand_dimensions(mask, sample_weight=weight)
                    weight *= mask
            if not hasattr(loss_fn, "reduction"):
                return loss_fn(y_true, y_pred, sample_weight=weight), True
            losses = compute_weighted_loss(
                loss_fn.call(y_true, y_pred), sample_weight=weight, reduction=Reduction.NONE
            )
            reduction = loss_fn.reduction
            if reduction == Reduction.AUTO:
                reduction = Reduction.SUM_OVER_BATCH_SIZE
            return reduce_weighted_loss(losses, reduction=reduction), False

    def _update_sample_weight_modes(self, sample_weights: Any = None) -> None:
        """Want weights if there are some, and none if there are not."""
        if not self._is_compiled:
            return
        has_weights = bool(sample_weights) and any(w is not None for w in sample_weights)
        for endpoint in self._training_endpoints:
            mode = endpoint.sample_weight_mode or "samplewise"
            endpoint.sample_weight_mode = mode if has_weights else None

    def _remade_losses(self) -> bool:
        """Make the loss anew if weights came or went; says whether it did."""
        if not self._is_compiled:
            return False
        if not any(e.has_wrong_weights for e in self._training_endpoints):
            return False
        self._make_losses()
        return True

    # -- functions ---------------------------------------------------------------------------

    @property
    def _feed_targets(self) -> list[Any]:
        return [e.target for e in self._training_endpoints if e.has_fed_target]

    @property
    def _feed_output_names(self) -> list[str]:
        return [e.output_name for e in self._training_endpoints if e.has_fed_target]

    @property
    def _feed_output_shapes(self) -> list[Any]:
        return [e.feed_shape for e in self._training_endpoints if e.has_fed_target]

    @property
    def _feed_loss_fns(self) -> list[Any]:
        return [e.loss_fn for e in self._training_endpoints if e.has_fed_target]

    @property
    def targets(self) -> list[Any]:
        """The tensors that the outputs are compared with."""
        return [e.target for e in self._training_endpoints if e.target is not None]

    _targets = targets

    @property
    def sample_weights(self) -> list[Any]:
        """The tensors of weights of the outputs, or None."""
        return [e.sample_weight for e in self._training_endpoints]

    @property
    def _feed_sample_weights(self) -> list[Any]:
        return [weight for weight in self.sample_weights if weight is not None]

    @property
    def _sample_weight_modes(self) -> list[Any]:
        return [e.sample_weight_mode for e in self._training_endpoints]

    def _make_function(self, mode: str) -> Any:
        """The function of arrays that runs a step, which is made when first asked for."""
        makers = {
            TRAIN: self._make_train_function,
            TEST: self._make_test_function,
            PREDICT: self._make_predict_function,
        }
        makers[mode]()
        return getattr(self, f"{mode}_function")

    def _step_outputs(self) -> list[Any]:
        results = [m._call_result for m in self._get_training_eval_metrics() if hasattr(m, "_call_result")]
        return [self.total_loss, *results]

    @no_automatic_dependency_tracking
    def _make_train_function(self) -> None:
        is_remade = self._remade_losses()
        self._check_trainable_weights_consistency()
        if isinstance(self.optimizer, list):
            raise ValueError("The `optimizer` in `compile` should be a single optimizer.")
        if getattr(self, "train_function", None) is not None and not is_remade:
            return
        # The updates of layers depend on whether they were trainable when the model was compiled.
        current = self._get_trainable_state()
        self._set_trainable_state(self._compiled_trainable_state)
        inputs = self._feed_inputs + self._feed_targets + self._feed_sample_weights
        if not isinstance(symbolic_learning_phase(), int):
            inputs += [symbolic_learning_phase()]
        with get_graph().as_default(), name_scope("training"):
            updates = self.optimizer.get_updates(
                params=self._collected_trainable_weights, loss=self.total_loss
            )
            updates += self.get_updates_for(None)
            updates += self.get_updates_for(self.inputs)
        with name_scope("training"):
            self.train_function = function(
                inputs,
                self._step_outputs(),
                updates=updates,
                name="train_function",
                **self._function_kwargs,
            )
        self._set_trainable_state(current)

    @no_automatic_dependency_tracking
    def _make_test_function(self) -> None:
        is_remade = self._remade_losses()
        if getattr(self, "test_function", None) is not None and not is_remade:
            return
        inputs = self._feed_inputs + self._feed_targets + self._feed_sample_weights
        with name_scope("evaluation"):
            self.test_function = function(
                inputs,
                self._step_outputs(),
                updates=self.state_updates,
                name="test_function",
                **self._function_kwargs,
            )

    @no_automatic_dependency_tracking
    def _make_predict_function(self) -> None:
        if getattr(self, "predict_function", None) is not None:
            return
        with name_scope("predict"):
            self.predict_function = function(
                self._feed_inputs,
                self.outputs,
                updates=self.state_updates,
                name="predict_function",
                **getattr(self, "_function_kwargs", {}),
            )

    def _check_trainable_weights_consistency(self) -> None:
        collected = getattr(self, "_collected_trainable_weights", None)
        if collected is not None and len(self._unique_trainable_weights) != len(collected):
            logging.log_first_n(
                logging.WARN,
                "Discrepancy between trainable weights and collected trainable weights, did you set "
                "`model.trainable` without calling `model.compile` after ?",
                1,
            )

    def _assert_compile_was_called(self) -> None:
        if not self.optimizer:
            raise RuntimeError(
                "You must compile your model before training/testing. Use `model.compile(optimizer, loss)`."
            )

    @property
    def _object_identifier(self) -> str:
        return "_tf_keras_model"


def _metrics_of(layers: list[Any]) -> list[Any]:
    """The metrics that were added to layers, and to the layers of models among them."""
    found: list[Any] = []
    for layer in filter_empty_layer_containers(layers):
        if isinstance(layer, Compiled):
            found += layer._metrics
            found += _metrics_of(layer.layers)
        else:
            found += layer.metrics
    return flatten(found)
