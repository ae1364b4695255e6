"""Distributions over shares and counts of classes: Dirichlet, multinomial, and one in the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.distributions.checks import (
    embed_check_categorical_event_shape,
    embed_check_nonnegative_integer_form,
    gen_new_seed,
    get_logits_and_probs,
    log_combinations,
)
from perdure.distributions.distribution import FULLY_REPARAMETERIZED, NOT_REPARAMETERIZED, Distribution
from perdure.distributions.divergences import RegisterKL
from perdure.functional.array.array import fill, identity, ones, ones_like, reshape, shape
from perdure.functional.array.gathering import where_v2
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import transpose
from perdure.functional.array.searching import one_hot
from perdure.functional.array.slicing import newaxis
from perdure.functional.control.check_ops import (
    assert_equal,
    assert_less,
    assert_near,
    assert_positive,
    assert_rank_at_least,
)
from perdure.functional.control.control import with_dependencies
from perdure.functional.linalg.matrix import matrix_set_diag
from perdure.functional.math.cast import cast
from perdure.functional.math.products import matmul
from perdure.functional.math.reductions import reduce_all, reduce_sum
from perdure.functional.math.special import lbeta
from perdure.functional.math.unary import digamma, exp, log, rsqrt, sqrt
from perdure.functional.nn.activations import log_softmax
from perdure.functional.random.random import multinomial, random_gamma
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.mapping.mapping import map_fn

_NOT_POSITIVE = "Concentration parameter must be positive."


class _OfConcentrations(Distribution):
    """A distribution whose parameter is a concentration for each class, in the last axis."""

    _concentration: Tensor
    _total_concentration: Tensor

    @property
    def concentration(self) -> Tensor:
        """The concentration of each class."""
        return self._concentration

    @property
    def total_concentration(self) -> Tensor:
        """Their sum."""
        return self._total_concentration

    def _batch_shape_tensor(self) -> Tensor:
        return shape(self.total_concentration)

    def _batch_shape(self) -> Any:
        return self.total_concentration.shape

    def _event_shape_tensor(self) -> Tensor:
        return shape(self.concentration)[-1:]

    def _event_shape(self) -> Any:
        return self.concentration.shape.with_rank_at_least(1)[-1:]

    def _prob(self, x: Any) -> Tensor:
        return exp(self._log_prob(x))

    def _variance_scale_term(self) -> Tensor:
        raise NotImplementedError

    def _covariance(self) -> Tensor:
        x = self._variance_scale_term() * self._mean()
        return matrix_set_diag(-matmul(x[..., newaxis], x[..., newaxis, :]), self._variance())


# -- Dirichlet ----------------------------------------------------------------------------------------


class Dirichlet(_OfConcentrations):
    """The Dirichlet distribution, over shares of classes.

    Args:
        concentration: the concentration of each class, in the last axis.
        validate_args: whether concentrations and events are checked when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.
    """

    def __init__(
        self,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Dirichlet",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[concentration]) as name:
            given = convert_to_tensor(concentration, name="concentration")
            if validate_args:
                few = "Concentration parameter must have event_size >= 2."
                checks = [
                    assert_positive(given, message=_NOT_POSITIVE),
                    assert_rank_at_least(
                        given, 1, message="Concentration parameter must have >=1 dimensions."
                    ),
                    assert_less(1, shape(given)[-1], message=few),
                ]
                given = with_dependencies(checks, given)
            self._concentration = given
            self._total_concentration = reduce_sum(given, -1)
        super().__init__(
            self._concentration.dtype,
            FULLY_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            [self._concentration, self._total_concentration],
            name,
        )

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        drawn = random_gamma([n], alpha=self.concentration, dtype=self.dtype, seed=seed)
        return drawn / reduce_sum(drawn, -1, keepdims=True)

    def _log_prob(self, x: Any) -> Tensor:
        return self._log_unnormalized_prob(x) - lbeta(self.concentration)

    def _log_unnormalized_prob(self, x: Any) -> Tensor:
        if self.validate_args:
            not_one = "sample last-dimension must sum to `1`"
            checks = [
                assert_positive(x, message="samples must be positive"),
                assert_near(ones([], dtype=self.dtype), reduce_sum(x, -1), message=not_one),
            ]
            x = with_dependencies(checks, x)
        return reduce_sum(g.xlogy(self.concentration - 1.0, x), -1)

    def _classes(self) -> Tensor:
        """How many classes there are, in the type of events."""
        return cast(self.event_shape_tensor()[0], self.dtype)

    def _entropy(self) -> Tensor:
        count = self._classes()
        total = self.total_concentration
        each = self.concentration
        weighted = lbeta(each) + (total - count) * digamma(total)
        return weighted - reduce_sum((each - 1.0) * digamma(each), axis=-1)

    def _mean(self) -> Tensor:
        return self.concentration / self.total_concentration[..., newaxis]

    def _variance(self) -> Tensor:
        scale = self._variance_scale_term()
        x = scale * self._mean()
        return x * (scale - x)

    def _variance_scale_term(self) -> Tensor:
        return rsqrt(1.0 + self.total_concentration[..., newaxis])

    def _mode(self) -> Tensor:
        count = self._classes()
        mode = (self.concentration - 1.0) / (self.total_concentration[..., newaxis] - count)
        if self.allow_nan_stats:
            nan = fill(shape(mode), np.array(np.nan, dtype=self.dtype.as_numpy_dtype), name="nan")
            return where_v2(reduce_all(self.concentration > 1.0, axis=-1), mode, nan)
        message = "Mode undefined when any concentration <= 1"
        return with_dependencies(
            [assert_less(ones([], self.dtype), self.concentration, message=message)], mode
        )


@RegisterKL(Dirichlet, Dirichlet)
def _dirichlet_from_dirichlet(a: Dirichlet, b: Dirichlet, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_dirichlet_dirichlet", values=[a.concentration, b.concentration]):
        of_sum = digamma(reduce_sum(a.concentration, axis=-1, keepdims=True))
        weight = digamma(a.concentration) - of_sum
        difference = a.concentration - b.concentration
        return reduce_sum(difference * weight, axis=-1) - lbeta(a.concentration) + lbeta(b.concentration)


# -- multinomial --------------------------------------------------------------------------------------


def _valid_counts(distribution: Any, counts: Any, message: str) -> Any:
    """Counts, checked to be whole numbers with the right sum."""
    if not distribution.validate_args:
        return counts
    counts = embed_check_nonnegative_integer_form(counts)
    check = assert_equal(distribution.total_count, reduce_sum(counts, -1), message=message)
    return with_dependencies([check], counts)


class Multinomial(Distribution):
    """The multinomial distribution, over counts of classes among so many events.

    Args:
        total_count: how many events there are.
        logits: the logits of classes, in the last axis, or
        probs: their probabilities.
        validate_args: whether these and events are checked when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.

    Raises:
        ValueError: both logits and probabilities are given, or neither.
    """

    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Multinomial",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[total_count, logits, probs]) as name:
            self._total_count = convert_to_tensor(total_count, name="total_count")
            if validate_args:
                self._total_count = embed_check_nonnegative_integer_form(self._total_count)
            self._logits, self._probs = get_logits_and_probs(
                logits=logits, probs=probs, multidimensional=True, validate_args=validate_args, name=name
            )
            self._mean_val = self._total_count[..., newaxis] * self._probs
        super().__init__(
            self._probs.dtype,
            NOT_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            [self._total_count, self._logits, self._probs],
            name,
        )

    @property
    def total_count(self) -> Tensor:
        """How many events there are."""
        return self._total_count

    @property
    def logits(self) -> Tensor:
        """The logits of classes."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """Their probabilities."""
        return self._probs

    def _batch_shape_tensor(self) -> Tensor:
        return shape(self._mean_val)[:-1]

    def _batch_shape(self) -> Any:
        return self._mean_val.shape.with_rank_at_least(1)[:-1]

    def _event_shape_tensor(self) -> Tensor:
        return shape(self._mean_val)[-1:]

    def _event_shape(self) -> Any:
        return self._mean_val.shape.with_rank_at_least(1)[-1:]

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        draws = cast(self.total_count, dtype=dtypes.int32)
        count = self.event_shape_tensor()[0]
        draws = ones_like(self.logits[..., 0], dtype=draws.dtype) * draws
        logits = ones_like(draws[..., newaxis], dtype=self.logits.dtype) * self.logits
        rows = reshape(logits, [-1, count])
        numbers = n * reshape(draws, [-1])

        def of_one(part: Any) -> Any:
            row, number = part
            drawn = multinomial(row[newaxis, ...], number, seed)
            drawn = reshape(drawn, shape=[n, -1])
            return reduce_sum(one_hot(drawn, depth=count), axis=-2)

        found = transpose(map_fn(of_one, [rows, numbers], dtype=self.dtype), perm=[1, 0, 2])
        return reshape(found, concat([[n], self.batch_shape_tensor(), [count]], 0))

    def _log_prob(self, counts: Any) -> Tensor:
        message = "counts must sum to `self.total_count`"
        checked = _valid_counts(self, counts, message)
        unnormalized = reduce_sum(checked * log_softmax(self.logits), -1)
        return unnormalized - -log_combinations(self.total_count, _valid_counts(self, counts, message))

    def _mean(self) -> Tensor:
        return identity(self._mean_val)

    def _wide_probs(self) -> Tensor:
        return self.probs * ones_like(self.total_count)[..., newaxis]

    def _covariance(self) -> Tensor:
        p = self._wide_probs()
        products = -matmul(self._mean_val[..., newaxis], p[..., newaxis, :])
        return matrix_set_diag(products, self._variance())

    def _variance(self) -> Tensor:
        p = self._wide_probs()
        return self._mean_val - self._mean_val * p


# -- Dirichlet-multinomial ------------------------------------------------------------------------------


class DirichletMultinomial(_OfConcentrations):
    """The multinomial distribution whose probabilities are drawn from a Dirichlet distribution.

    Args:
        total_count: how many events there are.
        concentration: the concentration of each class, in the last axis.
        validate_args: whether these and events are checked when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.
    """

    def __init__(
        self,
        total_count: Any,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "DirichletMultinomial",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[total_count, concentration]) as name:
            self._total_count = convert_to_tensor(total_count, name="total_count")
            if validate_args:
                self._total_count = embed_check_nonnegative_integer_form(self._total_count)
            given = convert_to_tensor(concentration, name="concentration")
            if validate_args:
                given = embed_check_categorical_event_shape(given)
                given = with_dependencies([assert_positive(given, message=_NOT_POSITIVE)], given)
            self._concentration = given
            self._total_concentration = reduce_sum(given, -1)
        super().__init__(
            self._concentration.dtype,
            NOT_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            [self._total_count, self._concentration],
            name,
        )

    @property
    def total_count(self) -> Tensor:
        """How many events there are."""
        return self._total_count

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        draws = cast(self.total_count, dtype=dtypes.int32)
        count = self.event_shape_tensor()[0]
        gamma = random_gamma([n], alpha=self.concentration, dtype=self.dtype, seed=seed)
        logits = reshape(log(gamma), shape=[-1, count])
        second = gen_new_seed(seed, salt="dirichlet_multinomial")
        drawn = multinomial(logits=logits, num_samples=draws, seed=second)
        found = reduce_sum(one_hot(drawn, depth=count), -2)
        found = reshape(found, concat([[n], self.batch_shape_tensor(), [count]], 0))
        return cast(found, self.dtype)

    def _log_prob(self, counts: Any) -> Tensor:
        counts = _valid_counts(self, counts, "counts last-dimension must sum to `self.total_count`")
        ordered = lbeta(self.concentration + counts) - lbeta(self.concentration)
        return ordered + log_combinations(self.total_count, counts)

    def _mean(self) -> Tensor:
        return self.total_count * (self.concentration / self.total_concentration[..., newaxis])

    def _variance(self) -> Tensor:
        scale = self._variance_scale_term()
        x = scale * self._mean()
        return x * (self.total_count * scale - x)

    def _variance_scale_term(self) -> Tensor:
        total = self.total_concentration[..., newaxis]
        return sqrt((1.0 + total / self.total_count) / (1.0 + total))
