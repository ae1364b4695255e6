"""What is asked of a distribution."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self

import numpy as np

from perdure.distributions import divergences
from perdure.distributions.checks import pick_vector
from perdure.functional.array.array import rank, reshape, shape
from perdure.functional.array.joining import concat
from perdure.functional.array.values import is_tensor
from perdure.functional.math.binary import equal
from perdure.functional.math.reductions import reduce_prod
from perdure.functional.math.unary import exp, log, log1p, sqrt, square
from perdure.graph import dtypes
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape, dimension_value


class ReparameterizationType:
    """Whether samples can be differentiated with respect to parameters.

    Args:
        rep_type: its name.
    """

    def __init__(self, rep_type: str) -> None:
        self._rep_type = rep_type

    def __repr__(self) -> str:
        return f"<Reparameteriation Type: {self._rep_type}>"

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = object.__hash__


FULLY_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = ReparameterizationType("NOT_REPARAMETERIZED")


def _undefined(method: str) -> Callable[..., Any]:
    """What a method is of which a class says nothing."""

    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{method} is not implemented: {type(self).__name__}")

    return refuse


class Distribution:
    """A batch of distributions of one kind, each over events of one shape.

    A subclass defines `_log_prob` or `_prob`, `_sample_n`, `_mean` and so on, as far as they are known.

    Args:
        dtype: the type of events.
        reparameterization_type: whether samples can be differentiated.
        validate_args: whether arguments are checked when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        parameters: the arguments it was made with.
        graph_parents: the tensors that it stands on.
        name: the name scope of its operations.

    Raises:
        ValueError: a parent is no tensor.
    """

    def __init__(
        self,
        dtype: Any,
        reparameterization_type: ReparameterizationType,
        validate_args: bool,
        allow_nan_stats: bool,
        parameters: dict[str, Any] | None = None,
        graph_parents: Sequence[Any] | None = None,
        name: str | None = None,
    ) -> None:
        graph_parents = [] if graph_parents is None else list(graph_parents)
        for i, parent in enumerate(graph_parents):
            if parent is None or not is_tensor(parent):
                raise ValueError(f"Graph parent item {i} is not a Tensor; {parent}.")
        if not name or name[-1] != "/":
            with name_scope(name or type(self).__name__) as name:
                pass
        self._dtype = dtype
        self._reparameterization_type = reparameterization_type
        self._allow_nan_stats = allow_nan_stats
        self._validate_args = validate_args
        self._parameters = parameters or {}
        self._graph_parents = graph_parents
        self._name = name

    # -- what it is --------------------------------------------------------------------------------

    @property
    def _parameters(self) -> dict[str, Any]:
        return self._parameter_dict

    @_parameters.setter
    def _parameters(self, value: dict[str, Any]) -> None:
        value.pop("self", None)
        self._parameter_dict = value

    @property
    def name(self) -> str:
        """The name scope of its operations."""
        return self._name  # type: ignore[return-value]

    @property
    def dtype(self) -> Any:
        """The type of events."""
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {key: value for key, value in self._parameters.items() if not key.startswith("__")}

    @property
    def reparameterization_type(self) -> ReparameterizationType:
        """Whether samples can be differentiated with respect to parameters."""
        return self._reparameterization_type

    @property
    def allow_nan_stats(self) -> bool:
        """Whether what is not defined is NaN, and no error."""
        return self._allow_nan_stats

    @property
    def validate_args(self) -> bool:
        """Whether arguments are checked when steps run."""
        return self._validate_args

    @classmethod
    def param_shapes(cls, sample_shape: Any, name: str = "DistributionParamShapes") -> dict[str, Tensor]:
        """The shapes of parameters for one sample to have a shape, as tensors.

        Args:
            sample_shape: that shape.
            name: the name scope of the new operations.
        """
        with name_scope(name, values=[sample_shape]):
            return cls._param_shapes(sample_shape)

    @classmethod
    def param_static_shapes(cls, sample_shape: Any) -> dict[str, TensorShape]:
        """The static shapes of parameters for one sample to have a shape.

        Raises:
            ValueError: the shape is not known.
        """
        if isinstance(sample_shape, TensorShape):
            if not sample_shape.is_fully_defined():
                raise ValueError("TensorShape sample_shape must be fully defined")
            sample_shape = sample_shape.as_list()
        found = {}
        for name, sizes in cls.param_shapes(sample_shape).items():
            static = constant_value(sizes)
            if static is None:
                raise ValueError("sample_shape must be a fully-defined TensorShape or list/tuple")
            found[name] = TensorShape(static)
        return found

    # The names of parameters that have the shape of a sample.
    _shaped_as_samples: tuple[str, ...] = ()

    @classmethod
    def _param_shapes(cls, sample_shape: Any) -> dict[str, Tensor]:
        if not cls._shaped_as_samples:
            raise NotImplementedError("_param_shapes not implemented")
        sizes = convert_to_tensor(sample_shape, dtype=dtypes.int32)
        return dict.fromkeys(cls._shaped_as_samples, sizes)

    def copy(self, **override_parameters_kwargs: Any) -> Self:
        """One of its kind, with some other arguments."""
        return type(self)(**{**self.parameters, **override_parameters_kwargs})

    def __str__(self) -> str:
        batch, event = self.batch_shape, self.event_shape
        parts = [f'"{self.name}"']
        parts += [f"batch_shape={batch}"] if batch.ndims is not None else []
        parts += [f"event_shape={event}"] if event.ndims is not None else []
        return f"tfp.distributions.{type(self).__name__}({', '.join(parts)}, dtype={self.dtype.name})"

    def __repr__(self) -> str:
        return (
            f"<tfp.distributions.{type(self).__name__} '{self.name}' batch_shape={self.batch_shape} "
            f"event_shape={self.event_shape} dtype={self.dtype.name}>"
        )

    # -- shapes --------------------------------------------------------------------------------------

    _batch_shape_tensor = _undefined("batch_shape_tensor")
    _event_shape_tensor = _undefined("event_shape_tensor")

    def _batch_shape(self) -> Any:
        return TensorShape(None)

    def _event_shape(self) -> Any:
        return TensorShape(None)

    @property
    def batch_shape(self) -> TensorShape:
        """The static shape of the batch."""
        return as_shape(self._batch_shape())

    @property
    def event_shape(self) -> TensorShape:
        """The static shape of an event."""
        return as_shape(self._event_shape())

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Tensor:
        """The shape of the batch."""
        with self._name_scope(name):
            if self.batch_shape.is_fully_defined():
                return convert_to_tensor(self.batch_shape.as_list(), dtype=dtypes.int32, name="batch_shape")
            return self._batch_shape_tensor()

    def event_shape_tensor(self, name: str = "event_shape_tensor") -> Tensor:
        """The shape of an event."""
        with self._name_scope(name):
            if self.event_shape.is_fully_defined():
                return convert_to_tensor(self.event_shape.as_list(), dtype=dtypes.int32, name="event_shape")
            return self._event_shape_tensor()

    def is_scalar_event(self, name: str = "is_scalar_event") -> Tensor:
        """Whether an event is a scalar."""
        with self._name_scope(name):
            return convert_to_tensor(_is_scalar(self.event_shape, self.event_shape_tensor), name=name)

    def is_scalar_batch(self, name: str = "is_scalar_batch") -> Tensor:
        """Whether the batch is one distribution."""
        with self._name_scope(name):
            return convert_to_tensor(_is_scalar(self.batch_shape, self.batch_shape_tensor), name=name)

    # -- samples --------------------------------------------------------------------------------------

    _sample_n = _undefined("sample_n")

    def sample(self, sample_shape: Any = (), seed: Any = None, name: str = "sample") -> Tensor:
        """Events drawn from each of the batch.

        Args:
            sample_shape: how many of each, as a shape.
            seed: the seed.
            name: the name scope of the new operations.

        Returns:
            A tensor of shape `sample_shape + batch_shape + event_shape`.
        """
        return self._call_sample_n(sample_shape, seed, name)

    def _call_sample_n(self, sample_shape: Any, seed: Any, name: str, **kwargs: Any) -> Tensor:
        with self._name_scope(name, values=[sample_shape]):
            sizes = convert_to_tensor(sample_shape, dtype=dtypes.int32, name="sample_shape")
            sizes, count = _as_vector(sizes, "sample_shape")
            samples = self._sample_n(count, seed, **kwargs)
            samples = reshape(samples, concat([sizes, shape(samples)[1:]], 0))
            self._set_sample_static_shape(samples, sizes)
            return samples

    def _set_sample_static_shape(self, x: Tensor, sample_shape: Any) -> Tensor:
        """Say of samples what is known of their shape."""
        sample = TensorShape(constant_value(sample_shape))
        parts = [sample, self.batch_shape, self.event_shape]
        ranks = [part.ndims for part in parts]
        if x.shape.ndims is None and None not in ranks:
            x.set_shape([None] * sum(ranks))  # type: ignore[arg-type]
        if x.shape.ndims is not None and ranks.count(None) == 1:
            unknown = ranks.index(None)
            rest = x.shape.ndims - sum(each for each in ranks if each is not None)
            parts[unknown] = TensorShape([None] * rest)
            ranks[unknown] = rest
        if None not in ranks:
            x.set_shape(parts[0].concatenate(parts[1]).concatenate(parts[2]))
        return x

    # -- densities --------------------------------------------------------------------------------------

    _prob = _undefined("prob")
    _log_prob = _undefined("log_prob")
    _cdf = _undefined("cdf")
    _log_cdf = _undefined("log_cdf")
    _survival_function = _undefined("survival_function")
    _log_survival_function = _undefined("log_survival_function")
    _quantile = _undefined("quantile")

    def _of_value(
        self, name: str, value: Any, known: Callable[..., Any], otherwise: Callable[..., Any] | None = None
    ) -> Tensor:
        """What a method says of a value; if it says nothing, what follows from another one."""
        with self._name_scope(name, values=[value]):
            value = convert_to_tensor(value, name="value", preferred_dtype=self.dtype)
            return _first_of(lambda: known(value), otherwise and (lambda: otherwise(value)))

    def log_prob(self, value: Any, name: str = "log_prob") -> Tensor:
        """The logarithm of the density, or of the probability, of a value."""
        return self._of_value(name, value, self._log_prob, lambda x: log(self._prob(x)))

    def prob(self, value: Any, name: str = "prob") -> Tensor:
        """The density, or the probability, of a value."""
        return self._of_value(name, value, self._prob, lambda x: exp(self._log_prob(x)))

    def log_cdf(self, value: Any, name: str = "log_cdf") -> Tensor:
        """The logarithm of the probability of events up to a value."""
        return self._of_value(name, value, self._log_cdf, lambda x: log(self._cdf(x)))

    def cdf(self, value: Any, name: str = "cdf") -> Tensor:
        """The probability of events up to a value."""
        return self._of_value(name, value, self._cdf, lambda x: exp(self._log_cdf(x)))

    def log_survival_function(self, value: Any, name: str = "log_survival_function") -> Tensor:
        """The logarithm of the probability of events above a value."""
        return self._of_value(name, value, self._log_survival_function, lambda x: log1p(-self.cdf(x)))

    def survival_function(self, value: Any, name: str = "survival_function") -> Tensor:
        """The probability of events above a value."""
        return self._of_value(name, value, self._survival_function, lambda x: 1.0 - self.cdf(x))

    def quantile(self, value: Any, name: str = "quantile") -> Tensor:
        """The value up to which events have a probability."""
        return self._of_value(name, value, self._quantile)

    # -- moments --------------------------------------------------------------------------------------

    _entropy = _undefined("entropy")
    _mean = _undefined("mean")
    _variance = _undefined("variance")
    _stddev = _undefined("stddev")
    _covariance = _undefined("covariance")
    _mode = _undefined("mode")

    def entropy(self, name: str = "entropy") -> Tensor:
        """The entropy, in nats."""
        with self._name_scope(name):
            return self._entropy()

    def mean(self, name: str = "mean") -> Tensor:
        """The mean."""
        with self._name_scope(name):
            return self._mean()

    def variance(self, name: str = "variance") -> Tensor:
        """The variance."""
        with self._name_scope(name):
            return _first_of(self._variance, lambda: square(self._stddev()))

    def stddev(self, name: str = "stddev") -> Tensor:
        """The standard deviation."""
        with self._name_scope(name):
            return _first_of(self._stddev, lambda: sqrt(self._variance()))

    def covariance(self, name: str = "covariance") -> Tensor:
        """The matrix of covariances of an event's parts."""
        with self._name_scope(name):
            return self._covariance()

    def mode(self, name: str = "mode") -> Tensor:
        """The value of the greatest density."""
        with self._name_scope(name):
            return self._mode()

    # -- two distributions --------------------------------------------------------------------------------

    def cross_entropy(self, other: Any, name: str = "cross_entropy") -> Tensor:
        """The cross entropy with another distribution."""
        with self._name_scope(name):
            return self._cross_entropy(other)

    def _cross_entropy(self, other: Any) -> Tensor:
        return divergences.cross_entropy(self, other, allow_nan_stats=self.allow_nan_stats)

    def kl_divergence(self, other: Any, name: str = "kl_divergence") -> Tensor:
        """The Kullback-Leibler divergence from another distribution."""
        with self._name_scope(name):
            return self._kl_divergence(other)

    def _kl_divergence(self, other: Any) -> Tensor:
        return divergences.kl_divergence(self, other, allow_nan_stats=self.allow_nan_stats)

    @contextmanager
    def _name_scope(self, name: str | None = None, values: Sequence[Any] | None = None) -> Iterator[Any]:
        with name_scope(self.name), name_scope(name, values=[*(values or ()), *self._graph_parents]) as scope:
            yield scope


class OverScalars(Distribution):
    """A distribution whose events are scalars."""

    def _event_shape_tensor(self) -> Tensor:
        return constant([], dtype=dtypes.int32)

    def _event_shape(self) -> TensorShape:
        return TensorShape([])


def _first_of(known: Callable[[], Any], otherwise: Callable[[], Any] | None) -> Any:
    """What a function says; if it says nothing, what another one does, or the first one's error."""
    try:
        return known()
    except NotImplementedError:
        if otherwise is not None:
            with suppress(NotImplementedError):
                return otherwise()
        raise


def _as_vector(x: Tensor, name: str) -> tuple[Any, Any]:
    """A shape as a vector, and its product, which are known now if the shape is."""
    static = constant_value(x)
    product = reduce_prod(x) if static is None else np.prod(static, dtype=x.dtype.as_numpy_dtype)
    if x.shape.ndims is None:
        sizes = pick_vector(equal(rank(x), 0), np.array([1], np.int32), shape(x))
        x = reshape(x, sizes)
    elif x.shape.ndims == 0:
        x = reshape(x, [1]) if static is None else convert_to_tensor(np.array([static], np.int32), name=name)
    elif x.shape.ndims != 1:
        raise ValueError("Input is neither scalar nor vector.")
    return x, product


def _is_scalar(static: TensorShape, dynamic: Callable[[], Tensor]) -> Any:
    if static.ndims is not None:
        return static.ndims == 0
    sizes = dynamic()
    if sizes.shape.ndims is not None and dimension_value(sizes.shape[0]) is not None:
        return sizes.shape.as_list() == [0]
    return equal(shape(sizes)[0], 0)
