"""The gamma distribution and its kin: exponential and beta."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.distributions.checks import gen_new_seed
from perdure.distributions.distribution import FULLY_REPARAMETERIZED, OverScalars
from perdure.distributions.divergences import RegisterKL
from perdure.functional.array.array import fill, identity, ones, ones_like, shape
from perdure.functional.array.gathering import where_v2
from perdure.functional.array.joining import concat
from perdure.functional.array.shape_arithmetic import broadcast_dynamic_shape, broadcast_static_shape
from perdure.functional.control.check_ops import assert_less, assert_positive, assert_same_float_dtype
from perdure.functional.control.control import with_dependencies
from perdure.functional.math.binary import logical_and
from perdure.functional.math.special import betainc, igamma
from perdure.functional.math.unary import digamma, exp, lgamma, log, log1p, sqrt, square
from perdure.functional.nn.activations import softplus
from perdure.functional.random.random import random_gamma, random_uniform
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor import Tensor


class _UnnormalizedFirst(OverScalars):
    """A distribution whose density is one that integrates to something, divided by that."""

    def _log_prob(self, x: Any) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x: Any) -> Tensor:
        raise NotImplementedError

    def _log_normalization(self) -> Tensor:
        raise NotImplementedError

    def _nan(self) -> Tensor:
        """NaN for each of the batch."""
        nan = np.array(np.nan, dtype=self.dtype.as_numpy_dtype)
        return fill(self.batch_shape_tensor(), nan, name="nan")


# -- gamma ------------------------------------------------------------------------------------------


class Gamma(_UnnormalizedFirst):
    """The gamma distribution.

    Args:
        concentration: the shapes.
        rate: the reciprocals of the scales.
        validate_args: whether these are checked to be positive when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.
    """

    _shaped_as_samples: tuple[str, ...] = ("concentration", "rate")

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Gamma",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[concentration, rate]) as name:
            checks = [assert_positive(concentration), assert_positive(rate)] if validate_args else []
            with control_dependencies(checks):
                self._concentration = identity(concentration, name="concentration")
                self._rate = identity(rate, name="rate")
                assert_same_float_dtype([self._concentration, self._rate])
        super().__init__(
            self._concentration.dtype,
            FULLY_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            [self._concentration, self._rate],
            name,
        )

    @property
    def concentration(self) -> Tensor:
        """The shapes."""
        return self._concentration

    @property
    def rate(self) -> Tensor:
        """The reciprocals of the scales."""
        return self._rate

    def _batch_shape_tensor(self) -> Tensor:
        return broadcast_dynamic_shape(shape(self.concentration), shape(self.rate))

    def _batch_shape(self) -> Any:
        return broadcast_static_shape(self.concentration.shape, self.rate.shape)

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        return random_gamma([n], alpha=self.concentration, beta=self.rate, dtype=self.dtype, seed=seed)

    def _checked(self, x: Any) -> Any:
        assert_same_float_dtype(tensors=[x], dtype=self.dtype)
        return with_dependencies([assert_positive(x)], x) if self.validate_args else x

    def _cdf(self, x: Any) -> Tensor:
        x = self._checked(x)
        return igamma(self.concentration, self.rate * x)

    def _log_unnormalized_prob(self, x: Any) -> Tensor:
        x = self._checked(x)
        return g.xlogy(self.concentration - 1.0, x) - self.rate * x

    def _log_normalization(self) -> Tensor:
        return lgamma(self.concentration) - self.concentration * log(self.rate)

    def _entropy(self) -> Tensor:
        shapes = self.concentration
        return shapes - log(self.rate) + lgamma(shapes) + (1.0 - shapes) * digamma(shapes)

    def _mean(self) -> Tensor:
        return self.concentration / self.rate

    def _variance(self) -> Tensor:
        return self.concentration / square(self.rate)

    def _stddev(self) -> Tensor:
        return sqrt(self.concentration) / self.rate

    def _mode(self) -> Tensor:
        mode = (self.concentration - 1.0) / self.rate
        if self.allow_nan_stats:
            nan = self._nan()
            return where_v2(self.concentration > 1.0, mode, nan)
        message = "mode not defined when any concentration <= 1"
        return with_dependencies(
            [assert_less(ones([], self.dtype), self.concentration, message=message)], mode
        )


class GammaWithSoftplusConcentrationRate(Gamma):
    """A gamma distribution of the softplus of both parameters; see `Gamma`."""

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "GammaWithSoftplusConcentrationRate",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[concentration, rate]) as name:
            super().__init__(
                softplus(concentration, name="softplus_concentration"),
                softplus(rate, name="softplus_rate"),
                validate_args,
                allow_nan_stats,
                name,
            )
        self._parameters = parameters


@RegisterKL(Gamma, Gamma)
def _gamma_from_gamma(a: Gamma, b: Gamma, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_gamma_gamma", values=[a.concentration, a.rate, b.concentration, b.rate]):
        return (
            (a.concentration - b.concentration) * digamma(a.concentration)
            + lgamma(b.concentration)
            - lgamma(a.concentration)
            + b.concentration * log(a.rate)
            - b.concentration * log(b.rate)
            + a.concentration * (b.rate / a.rate - 1.0)
        )


# -- exponential ------------------------------------------------------------------------------------


class Exponential(Gamma):
    """The exponential distribution.

    Args:
        rate: the reciprocals of the means.
        validate_args: whether these are checked to be positive when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.
    """

    _shaped_as_samples = ("rate",)

    def __init__(
        self,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Exponential",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[rate]) as name:
            self._rate = convert_to_tensor(rate, name="rate")
        super().__init__(ones([], dtype=self._rate.dtype), self._rate, validate_args, allow_nan_stats, name)
        self._parameters = parameters
        self._graph_parents += [self._rate]

    def _log_survival_function(self, value: Any) -> Tensor:
        return self._log_prob(value) - log(self._rate)

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        sizes = concat([[n], shape(self._rate)], 0)
        least = np.finfo(self.dtype.as_numpy_dtype).tiny
        drawn = random_uniform(sizes, minval=least, maxval=1.0, seed=seed, dtype=self.dtype)
        return -log(drawn) / self._rate


class ExponentialWithSoftplusRate(Exponential):
    """An exponential distribution of the softplus of `rate`; see `Exponential`."""

    def __init__(
        self,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "ExponentialWithSoftplusRate",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[rate]) as name:
            super().__init__(softplus(rate, name="softplus_rate"), validate_args, allow_nan_stats, name)
        self._parameters = parameters


# -- beta -------------------------------------------------------------------------------------------


class Beta(_UnnormalizedFirst):
    """The beta distribution.

    Args:
        concentration1, concentration0: its two parameters, often written alpha and beta.
        validate_args: whether these are checked to be positive when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.
    """

    _shaped_as_samples = ("concentration1", "concentration0")

    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Beta",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[concentration1, concentration0]) as name:
            self._concentration1, self._concentration0 = (
                _positive(convert_to_tensor(value, name=called), validate_args)
                for value, called in ((concentration1, "concentration1"), (concentration0, "concentration0"))
            )
            assert_same_float_dtype([self._concentration1, self._concentration0])
            self._total_concentration = self._concentration1 + self._concentration0
        super().__init__(
            self._total_concentration.dtype,
            FULLY_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            [self._concentration1, self._concentration0, self._total_concentration],
            name,
        )

    @property
    def concentration1(self) -> Tensor:
        """The parameter of the number itself."""
        return self._concentration1

    @property
    def concentration0(self) -> Tensor:
        """The parameter of one minus the number."""
        return self._concentration0

    @property
    def total_concentration(self) -> Tensor:
        """The sum of the two."""
        return self._total_concentration

    def _batch_shape_tensor(self) -> Tensor:
        return shape(self.total_concentration)

    def _batch_shape(self) -> Any:
        return self.total_concentration.shape

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        wide1, wide0 = (
            ones_like(self.total_concentration, dtype=self.dtype) * each
            for each in (self.concentration1, self.concentration0)
        )
        first = random_gamma([n], alpha=wide1, dtype=self.dtype, seed=seed)
        second = random_gamma([n], alpha=wide0, dtype=self.dtype, seed=gen_new_seed(seed, "beta"))
        return first / (first + second)

    def _prob(self, x: Any) -> Tensor:
        return exp(self._log_prob(x))

    def _log_cdf(self, x: Any) -> Tensor:
        return log(self._cdf(x))

    def _cdf(self, x: Any) -> Tensor:
        return betainc(self.concentration1, self.concentration0, x)

    def _log_unnormalized_prob(self, x: Any) -> Tensor:
        if self.validate_args:
            checks = [
                assert_positive(x, message="sample must be positive"),
                assert_less(x, ones([], self.dtype), message="sample must be less than `1`."),
            ]
            x = with_dependencies(checks, x)
        return g.xlogy(self.concentration1 - 1.0, x) + (self.concentration0 - 1.0) * log1p(-x)

    def _log_normalization(self) -> Tensor:
        return lgamma(self.concentration1) + lgamma(self.concentration0) - lgamma(self.total_concentration)

    def _entropy(self) -> Tensor:
        return (
            self._log_normalization()
            - (self.concentration1 - 1.0) * digamma(self.concentration1)
            - (self.concentration0 - 1.0) * digamma(self.concentration0)
            + (self.total_concentration - 2.0) * digamma(self.total_concentration)
        )

    def _mean(self) -> Tensor:
        return self._concentration1 / self._total_concentration

    def _variance(self) -> Tensor:
        return self._mean() * (1.0 - self._mean()) / (1.0 + self.total_concentration)

    def _mode(self) -> Tensor:
        mode = (self.concentration1 - 1.0) / (self.total_concentration - 2.0)
        if self.allow_nan_stats:
            nan = self._nan()
            is_defined = logical_and(self.concentration1 > 1.0, self.concentration0 > 1.0)
            return where_v2(is_defined, mode, nan)
        checks = [
            assert_less(
                ones([], dtype=self.dtype), each, message=f"Mode undefined for concentration{i} <= 1."
            )
            for i, each in ((1, self.concentration1), (0, self.concentration0))
        ]
        return with_dependencies(checks, mode)


def _positive(concentration: Tensor, validate_args: bool) -> Tensor:
    if not validate_args:
        return concentration
    message = "Concentration parameter must be positive."
    return with_dependencies([assert_positive(concentration, message=message)], concentration)


class BetaWithSoftplusConcentration(Beta):
    """A beta distribution of the softplus of both parameters; see `Beta`."""

    def __init__(
        self,
        concentration1: Any,
        concentration0: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "BetaWithSoftplusConcentration",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[concentration1, concentration0]) as name:
            super().__init__(
                softplus(concentration1, name="softplus_concentration1"),
                softplus(concentration0, name="softplus_concentration0"),
                validate_args,
                allow_nan_stats,
                name,
            )
        self._parameters = parameters


@RegisterKL(Beta, Beta)
def _beta_from_beta(a: Beta, b: Beta, name: str | None = None) -> Tensor:
    parts = "concentration1 concentration0 total_concentration".split()
    values = [getattr(each, part) for each in (a, b) for part in parts]
    with name_scope(name, "kl_beta_beta", values=values):
        found = b._log_normalization() - a._log_normalization()
        terms = []
        for part in parts:
            weight = digamma(getattr(a, part))
            terms.append(weight * (getattr(b, part) - getattr(a, part)))
            if len(terms) < 3:
                found = found - terms[-1]
        return found + terms[-1]
