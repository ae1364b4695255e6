"""Learning rates that depend on the step; their formulas are those of `tf.train`'s decays."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from perdure.keras.utils.objects import deserialize_keras_object, serialize_keras_object
from perdure.optimizers import learning_rate_decay


class LearningRateSchedule:
    """The base of schedules: a function from the step to the learning rate."""

    def __call__(self, step: Any) -> Any:
        """The learning rate of a step."""
        raise NotImplementedError("Learning rate schedule must override __call__")

    def get_config(self) -> dict[str, Any]:
        """The arguments that make it again."""
        raise NotImplementedError("Learning rate schedule must override get_config")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The schedule that `get_config` described."""
        return cls(**config)


class _Decay(LearningRateSchedule):
    """A decay of `tf.train` with fixed arguments."""

    _arguments: ClassVar[tuple[str, ...]]

    def get_config(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._arguments}

    def _keep(self, **arguments: Any) -> None:
        for name, value in arguments.items():
            setattr(self, name, value)


class ExponentialDecay(_Decay):
    """See `tf.train.exponential_decay`."""

    _arguments = ("initial_learning_rate", "decay_steps", "decay_rate", "staircase", "name")

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        decay_rate: Any,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        self._keep(
            initial_learning_rate=initial_learning_rate,
            decay_steps=decay_steps,
            decay_rate=decay_rate,
            staircase=staircase,
            name=name,
        )

    def __call__(self, step: Any) -> Any:
        rate, *others = self.get_config().values()
        return learning_rate_decay.exponential_decay(rate, step, *others)


class InverseTimeDecay(ExponentialDecay):
    """See `tf.train.inverse_time_decay`."""

    def __call__(self, step: Any) -> Any:
        rate, *others = self.get_config().values()
        return learning_rate_decay.inverse_time_decay(rate, step, *others)


class PiecewiseConstantDecay(_Decay):
    """See `tf.train.piecewise_constant`.

    Raises:
        ValueError: not one value more than boundaries.
    """

    _arguments = ("boundaries", "values", "name")

    def __init__(self, boundaries: Any, values: Any, name: str | None = None) -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError("The length of boundaries should be 1 less than the length of values")
        self._keep(boundaries=boundaries, values=values, name=name)

    def __call__(self, step: Any) -> Any:
        return learning_rate_decay.piecewise_constant(step, *self.get_config().values())


class PolynomialDecay(_Decay):
    """See `tf.train.polynomial_decay`."""

    _arguments = (
        "initial_learning_rate",
        "decay_steps",
        "end_learning_rate",
        "power",
        "cycle",
        "name",
    )

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        end_learning_rate: Any = 0.0001,
        power: Any = 1.0,
        cycle: bool = False,
        name: str | None = None,
    ) -> None:
        self._keep(
            initial_learning_rate=initial_learning_rate,
            decay_steps=decay_steps,
            end_learning_rate=end_learning_rate,
            power=power,
            cycle=cycle,
            name=name,
        )

    def __call__(self, step: Any) -> Any:
        rate, *others = self.get_config().values()
        return learning_rate_decay.polynomial_decay(rate, step, *others)


class CosineDecay(_Decay):
    """See `tf.train.cosine_decay`."""

    _arguments = ("initial_learning_rate", "decay_steps", "alpha", "name")

    def __init__(
        self, initial_learning_rate: Any, decay_steps: Any, alpha: Any = 0.0, name: str | None = None
    ) -> None:
        self._keep(
            initial_learning_rate=initial_learning_rate, decay_steps=decay_steps, alpha=alpha, name=name
        )

    def __call__(self, step: Any) -> Any:
        rate, *others = self.get_config().values()
        return learning_rate_decay.cosine_decay(rate, step, *others)


class CosineDecayRestarts(_Decay):
    """See `tf.train.cosine_decay_restarts`."""

    _arguments = ("initial_learning_rate", "first_decay_steps", "t_mul", "m_mul", "alpha", "name")

    def __init__(
        self,
        initial_learning_rate: Any,
        first_decay_steps: Any,
        t_mul: Any = 2.0,
        m_mul: Any = 1.0,
        alpha: Any = 0.0,
        name: str | None = None,
    ) -> None:
        self._keep(
            initial_learning_rate=initial_learning_rate,
            first_decay_steps=first_decay_steps,
            t_mul=t_mul,
            m_mul=m_mul,
            alpha=alpha,
            name=name,
        )

    def __call__(self, step: Any) -> Any:
        rate, *others = self.get_config().values()
        return learning_rate_decay.cosine_decay_restarts(rate, step, *others)


class LinearCosineDecay(_Decay):
    """See `tf.train.linear_cosine_decay`."""

    _arguments = ("initial_learning_rate", "decay_steps", "num_periods", "alpha", "beta", "name")

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        num_periods: Any = 0.5,
        alpha: Any = 0.0,
        beta: Any = 0.001,
        name: str | None = None,
    ) -> None:
        self._keep(
            initial_learning_rate=initial_learning_rate,
            decay_steps=decay_steps,
            num_periods=num_periods,
            alpha=alpha,
            beta=beta,
            name=name,
        )

    def __call__(self, step: Any) -> Any:
        rate, *others = self.get_config().values()
        return learning_rate_decay.linear_cosine_decay(rate, step, *others)


class NoisyLinearCosineDecay(_Decay):
    """See `tf.train.noisy_linear_cosine_decay`."""

    _arguments = (
        "initial_learning_rate",
        "decay_steps",
        "initial_variance",
        "variance_decay",
        "num_periods",
        "alpha",
        "beta",
        "name",
    )

    def __init__(
        self,
        initial_learning_rate: Any,
        decay_steps: Any,
        initial_variance: Any = 1.0,
        variance_decay: Any = 0.55,
        num_periods: Any = 0.5,
        alpha: Any = 0.0,
        beta: Any = 0.001,
        name: str | None = None,
    ) -> None:
        self._keep(
            initial_learning_rate=initial_learning_rate,
            decay_steps=decay_steps,
            initial_variance=initial_variance,
            variance_decay=variance_decay,
            num_periods=num_periods,
            alpha=alpha,
            beta=beta,
            name=name,
        )

    def __call__(self, step: Any) -> Any:
        rate, *others = self.get_config().values()
        return learning_rate_decay.noisy_linear_cosine_decay(rate, step, *others)


_BY_NAME = {
    cls.__name__: cls
    for cls in (
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
        CosineDecay,
        CosineDecayRestarts,
        LinearCosineDecay,
        NoisyLinearCosineDecay,
    )
}


def serialize(learning_rate_schedule: Any) -> Any:
    """The description of a schedule."""
    return serialize_keras_object(learning_rate_schedule)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The schedule that a description stands for.

    Raises:
        ValueError: unknown.
    """
    return deserialize_keras_object(
        config, _BY_NAME, custom_objects=custom_objects, printable_module_name="decay"
    )
