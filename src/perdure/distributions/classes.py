"""Distributions over classes: Bernoulli and categorical."""

from __future__ import annotations

from typing import Any

from perdure.distributions.checks import (
    embed_check_categorical_event_shape,
    embed_check_integer_casting_closed,
    get_logits_and_probs,
)
from perdure.distributions.distribution import NOT_REPARAMETERIZED, OverScalars
from perdure.distributions.divergences import RegisterKL
from perdure.functional.array.array import identity, ones, ones_like, rank, reshape, shape, zeros_like
from perdure.functional.array.gathering import sequence_mask, where
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import transpose
from perdure.functional.array.slicing import newaxis
from perdure.functional.math.binary import less
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import argmax, reduce_sum
from perdure.functional.math.unary import sigmoid
from perdure.functional.nn.activations import log_softmax, softmax, softplus
from perdure.functional.nn.losses import (
    sigmoid_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
)
from perdure.functional.random.random import multinomial, random_uniform
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_value


class _OfLogits(OverScalars):
    """A distribution that logits or probabilities describe."""

    _logits: Tensor
    _probs: Tensor

    @property
    def logits(self) -> Tensor:
        """The logits."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        return self._probs


# -- Bernoulli ----------------------------------------------------------------------------------------


class Bernoulli(_OfLogits):
    """The distribution over 0 and 1.

    Args:
        logits: the logits of 1, or
        probs: its probabilities.
        dtype: the type of events.
        validate_args: whether probabilities and events are checked when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.

    Raises:
        ValueError: both logits and probabilities are given, or neither.
    """

    _shaped_as_samples = ("logits",)

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Bernoulli",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name) as name:
            self._logits, self._probs = get_logits_and_probs(
                logits=logits, probs=probs, validate_args=validate_args, name=name
            )
        super().__init__(
            dtype,
            NOT_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            [self._logits, self._probs],
            name,
        )

    def _batch_shape_tensor(self) -> Tensor:
        return shape(self._logits)

    def _batch_shape(self) -> Any:
        return self._logits.shape

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        sizes = concat([[n], self.batch_shape_tensor()], 0)
        drawn = random_uniform(sizes, seed=seed, dtype=self.probs.dtype)
        return cast(less(drawn, self.probs), self.dtype)

    def _log_prob(self, event: Any) -> Tensor:
        if self.validate_args:
            event = embed_check_integer_casting_closed(event, target_dtype=dtypes.bool)
        event = cast(event, self.logits.dtype)
        logits = self.logits
        are_known = event.shape.is_fully_defined() and logits.shape.is_fully_defined()
        if not (are_known and event.shape == logits.shape):
            logits, event = ones_like(event) * logits, ones_like(logits) * event
        return -sigmoid_cross_entropy_with_logits(labels=event, logits=logits)

    def _entropy(self) -> Tensor:
        return -self.logits * (sigmoid(self.logits) - 1) + softplus(-self.logits)

    def _mean(self) -> Tensor:
        return identity(self.probs)

    def _variance(self) -> Tensor:
        return self._mean() * (1.0 - self.probs)

    def _mode(self) -> Tensor:
        return cast(self.probs > 0.5, self.dtype)


@RegisterKL(Bernoulli, Bernoulli)
def _bernoulli_from_bernoulli(a: Bernoulli, b: Bernoulli, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_bernoulli_bernoulli", values=[a.logits, b.logits]):
        of_zero = softplus(-b.logits) - softplus(-a.logits)
        of_one = softplus(b.logits) - softplus(a.logits)
        return sigmoid(a.logits) * of_zero + sigmoid(-a.logits) * of_one


# -- categorical --------------------------------------------------------------------------------------


class Categorical(_OfLogits):
    """The distribution over classes, which are numbers from 0.

    Args:
        logits: the logits, the classes in the last axis, or
        probs: the probabilities.
        dtype: the type of events.
        validate_args: whether probabilities and events are checked when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.

    Raises:
        ValueError: both logits and probabilities are given, or neither.
    """

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Categorical",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[logits, probs]) as name:
            self._logits, self._probs = get_logits_and_probs(
                logits=logits, probs=probs, validate_args=validate_args, multidimensional=True, name=name
            )
            if validate_args:
                self._logits = embed_check_categorical_event_shape(self._logits)
            self._take_sizes()
        super().__init__(
            dtype,
            NOT_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            [self._logits, self._probs],
            name,
        )

    def _take_sizes(self) -> None:
        static = self._logits.shape.with_rank_at_least(1)
        self._batch_rank: Any
        if static.ndims is None:
            with name_scope("batch_rank"):
                self._batch_rank = rank(self._logits) - 1
        else:
            self._batch_rank = convert_to_tensor(static.ndims - 1, dtype=dtypes.int32, name="batch_rank")
        sizes = shape(self._logits, name="logits_shape")
        known = None if static.ndims is None else dimension_value(static[-1])
        self._event_size: Any
        if known is None:
            with name_scope("event_size"):
                self._event_size = sizes[self._batch_rank]
        else:
            self._event_size = convert_to_tensor(known, dtype=dtypes.int32, name="event_size")
        if static[:-1].is_fully_defined():
            self._batch_shape_val = constant(static[:-1].as_list(), dtype=dtypes.int32, name="batch_shape")
        else:
            with name_scope("batch_shape"):
                self._batch_shape_val = sizes[:-1]

    @property
    def event_size(self) -> Tensor:
        """How many classes there are."""
        return self._event_size

    def _batch_shape_tensor(self) -> Tensor:
        return identity(self._batch_shape_val)

    def _batch_shape(self) -> Any:
        return self.logits.shape[:-1]

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        is_matrix = self.logits.shape.ndims == 2
        logits = self.logits if is_matrix else reshape(self.logits, [-1, self.event_size])
        kind = dtypes.int64 if dtypes.as_dtype(self.dtype).size > 4 else dtypes.int32
        drawn = multinomial(logits, n, seed=seed, output_dtype=kind)
        drawn = reshape(transpose(drawn), concat([[n], self.batch_shape_tensor()], 0))
        return cast(drawn, self.dtype)

    def _checked(self, k: Any) -> Tensor:
        k = convert_to_tensor(k, name="k")
        if self.validate_args:
            k = embed_check_integer_casting_closed(k, target_dtype=dtypes.int32)
        return k

    def _cdf(self, k: Any) -> Tensor:
        k, probs = self._broadcast(self._checked(k), self.probs)
        rows = reshape(probs, (-1, self._event_size))
        flat = reshape(k, [-1])
        is_below = sequence_mask(flat, self._event_size)
        below = where(is_below, rows, zeros_like(rows))
        return reshape(reduce_sum(below, axis=-1), shape(k))

    def _log_prob(self, k: Any) -> Tensor:
        k, logits = self._broadcast(self._checked(k), self.logits)
        return -sparse_softmax_cross_entropy_with_logits(labels=k, logits=logits)

    def _broadcast(self, event: Tensor, params: Tensor) -> tuple[Tensor, Tensor]:
        """Classes and parameters of one shape, but for the axis of classes."""
        if event.dtype.is_floating:
            event = cast(event, dtype=dtypes.int32)
        elif not event.dtype.is_integer:
            dtype = dtypes.as_dtype(self.dtype).base_dtype
            raise TypeError(f"`value` should have integer `dtype` or `self.dtype` ({dtype})")
        are_known = (
            params.shape.ndims is not None
            and params.shape[:-1].is_fully_defined()
            and event.shape.is_fully_defined()
        )
        if not are_known or params.shape[:-1] != event.shape:
            params *= ones_like(event[..., newaxis], dtype=params.dtype)
            event *= ones(shape(params)[:-1], dtype=event.dtype)
            if params.shape.ndims is not None:
                event.set_shape(TensorShape(params.shape[:-1]))
        return event, params

    def _entropy(self) -> Tensor:
        return -reduce_sum(log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self) -> Tensor:
        found = cast(argmax(self.logits, axis=self._batch_rank), self.dtype)
        found.set_shape(self.batch_shape)
        return found


@RegisterKL(Categorical, Categorical)
def _categorical_from_categorical(a: Categorical, b: Categorical, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_categorical_categorical", values=[a.logits, b.logits]):
        difference = log_softmax(a.logits) - log_softmax(b.logits)
        return reduce_sum(softmax(a.logits) * difference, axis=-1)
