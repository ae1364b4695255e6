"""Models of Keras as estimators of scikit-learn."""

from __future__ import annotations

import copy
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.keras import losses
from perdure.keras.engine.sequential import Sequential
from perdure.keras.utils.arrays import to_categorical
from perdure.keras.utils.objects import has_arg


class BaseWrapper:
    """What the estimators have in common.

    Args:
        build_fn: a function, or an object that can be called, that returns a compiled model; without, the
            estimator is called.
        **sk_params: arguments of it and of `fit`, `predict` and `evaluate`.

    Raises:
        ValueError: none of them has such an argument.
    """

    model: Any
    __call__: Callable[..., Any]

    def __init__(self, build_fn: Any = None, **sk_params: Any) -> None:
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def _builder(self) -> tuple[Any, Any]:
        """What is called to build the model, and the function that says its arguments."""
        if self.build_fn is None:
            return self.__call__, self.__call__
        if isinstance(self.build_fn, types.FunctionType | types.MethodType):
            return self.build_fn, self.build_fn
        return self.build_fn, self.build_fn.__call__

    def check_params(self, params: dict[str, Any]) -> None:
        """Refuse arguments that nothing takes."""
        takers = [Sequential.fit, Sequential.predict, Sequential.predict_classes, Sequential.evaluate]
        takers.append(self._builder()[1])
        for name in params:
            if name != "nb_epoch" and not any(has_arg(function, name) for function in takers):
                raise ValueError(f"{name} is not a legal parameter")

    def get_params(self, **params: Any) -> dict[str, Any]:
        """The arguments, and the function."""
        return {**copy.deepcopy(self.sk_params), "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> Any:
        """Change arguments."""
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Build the model and train it.

        Args:
            x, y: inputs and targets.
            **kwargs: further arguments of `Sequential.fit`.
        """
        build, described = self._builder()
        self.model = build(**self.filter_sk_params(described))
        if losses.is_categorical_crossentropy(self.model.loss) and len(y.shape) != 2:
            y = to_categorical(y)
        return self.model.fit(x, y, **{**copy.deepcopy(self.filter_sk_params(Sequential.fit)), **kwargs})

    def filter_sk_params(self, fn: Any, override: dict[str, Any] | None = None) -> dict[str, Any]:
        """Those arguments that a function takes.

        Args:
            fn: the function.
            override: arguments that go before.
        """
        found = {name: value for name, value in self.sk_params.items() if has_arg(fn, name)}
        return {**found, **(override or {})}


class KerasClassifier(BaseWrapper):
    """A classifier; see `BaseWrapper`."""

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        y = np.array(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ValueError(f"Invalid shape for y: {y.shape}")
        self.n_classes_ = len(self.classes_)
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """The classes of items."""
        kwargs = self.filter_sk_params(Sequential.predict_classes, kwargs)
        return self.classes_[self.model.predict_classes(x, **kwargs)]

    def predict_proba(self, x: Any, **kwargs: Any) -> Any:
        """The probabilities of classes."""
        kwargs = self.filter_sk_params(Sequential.predict_proba, kwargs)
        found = self.model.predict_proba(x, **kwargs)
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def score(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """The share of items that are classified right.

        Raises:
            ValueError: the model was compiled without accuracy.
        """
        y = np.searchsorted(self.classes_, y)
        kwargs = self.filter_sk_params(Sequential.evaluate, kwargs)
        loss = getattr(self.model.loss, "__name__", self.model.loss)
        if loss == "categorical_crossentropy" and len(y.shape) != 2:
            y = to_categorical(y)
        outputs = self.model.evaluate(x, y, **kwargs)
        values = outputs if isinstance(outputs, list) else [outputs]
        for name, value in zip(self.model.metrics_names, values, strict=False):
            if name in ("accuracy", "acc"):
                return value
        raise ValueError(
            "The model is not configured to compute accuracy. You should pass "
            '`metrics=["accuracy"]` to the `model.compile()` method.'
        )


class KerasRegressor(BaseWrapper):
    """A regressor; see `BaseWrapper`."""

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """The values of items."""
        return np.squeeze(self.model.predict(x, **self.filter_sk_params(Sequential.predict, kwargs)))

    def score(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Minus the loss."""
        loss = self.model.evaluate(x, y, **self.filter_sk_params(Sequential.evaluate, kwargs))
        return -(loss[0] if isinstance(loss, list) else loss)
