"""Distributions over numbers: normal, Laplace, Student's t, and uniform."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from perdure.distributions import special
from perdure.distributions.checks import gen_new_seed
from perdure.distributions.distribution import FULLY_REPARAMETERIZED, OverScalars
from perdure.distributions.divergences import RegisterKL
from perdure.functional.array.array import fill, identity, ones, ones_like, shape, zeros, zeros_like
from perdure.functional.array.gathering import where_v2
from perdure.functional.array.joining import concat
from perdure.functional.array.shape_arithmetic import broadcast_dynamic_shape, broadcast_static_shape
from perdure.functional.array.slicing import newaxis
from perdure.functional.control.check_ops import assert_less, assert_positive, assert_same_float_dtype
from perdure.functional.control.control import with_dependencies
from perdure.functional.math.binary import greater, less, logical_or, squared_difference
from perdure.functional.math.special import betainc, lbeta
from perdure.functional.math.unary import abs as absolute
from perdure.functional.math.unary import digamma, exp, floor, is_nan, lgamma, log, log1p, rsqrt, sign, square
from perdure.functional.nn.activations import softplus
from perdure.functional.random.random import random_gamma, random_normal, random_uniform
from perdure.graph.constants import constant
from perdure.graph.defaults import control_dependencies, name_scope
from perdure.graph.tensor import Tensor


class _TwoParameters(OverScalars):
    """A distribution over numbers whose parameters are two tensors, which are broadcast to the batch.

    Attributes:
        _pair: the two.
    """

    _pair: tuple[Tensor, Tensor]

    def _batch_shape_tensor(self) -> Tensor:
        first, second = self._pair
        return broadcast_dynamic_shape(shape(first), shape(second))

    def _batch_shape(self) -> Any:
        first, second = self._pair
        return broadcast_static_shape(first.shape, second.shape)

    def _sizes(self, count: Any) -> Tensor:
        """The shape of so many samples."""
        return concat([[count], self.batch_shape_tensor()], 0)


class _LocationAndScale(_TwoParameters):
    """A distribution with a location and a scale."""

    _shaped_as_samples = ("loc", "scale")

    def _take(self, loc: Any, scale: Any, validate_args: bool) -> None:
        with control_dependencies([assert_positive(scale)] if validate_args else []):
            self._pair = identity(loc, name="loc"), identity(scale, name="scale")
            assert_same_float_dtype([*self._pair])

    @property
    def loc(self) -> Tensor:
        """The location."""
        return self._pair[0]

    @property
    def scale(self) -> Tensor:
        """The scale."""
        return self._pair[1]

    def _log_prob(self, x: Any) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x: Any) -> Tensor:
        raise NotImplementedError

    def _log_normalization(self) -> Tensor:
        raise NotImplementedError


# -- normal -----------------------------------------------------------------------------------------


class Normal(_LocationAndScale):
    """The normal distribution.

    Args:
        loc: the means.
        scale: the standard deviations.
        validate_args: whether these are checked to be positive when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.
    """

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Normal",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[loc, scale]) as name:
            self._take(loc, scale, validate_args)
        super().__init__(
            self.scale.dtype,
            FULLY_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            self._pair,
            name,
        )

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        drawn = random_normal(self._sizes(n), mean=0.0, stddev=1.0, dtype=self.loc.dtype, seed=seed)
        return drawn * self.scale + self.loc

    def _log_cdf(self, x: Any) -> Tensor:
        return special.log_ndtr(self._z(x))

    def _cdf(self, x: Any) -> Tensor:
        return special.ndtr(self._z(x))

    def _log_survival_function(self, x: Any) -> Tensor:
        return special.log_ndtr(-self._z(x))

    def _survival_function(self, x: Any) -> Tensor:
        return special.ndtr(-self._z(x))

    def _log_unnormalized_prob(self, x: Any) -> Tensor:
        return -0.5 * square(self._z(x))

    def _log_normalization(self) -> Tensor:
        return 0.5 * math.log(2.0 * math.pi) + log(self.scale)

    def _entropy(self) -> Tensor:
        scale = self.scale * ones_like(self.loc)
        return 0.5 * math.log(2.0 * math.pi * math.e) + log(scale)

    def _mean(self) -> Tensor:
        return self.loc * ones_like(self.scale)

    def _quantile(self, p: Any) -> Tensor:
        z = special.ndtri(p)
        with name_scope("reconstruct", values=[z]):
            return z * self.scale + self.loc

    def _stddev(self) -> Tensor:
        return self.scale * ones_like(self.loc)

    def _mode(self) -> Tensor:
        return self._mean()

    def _z(self, x: Any) -> Tensor:
        with name_scope("standardize", values=[x]):
            return (x - self.loc) / self.scale


class NormalWithSoftplusScale(Normal):
    """A normal distribution whose standard deviation is the softplus of `scale`; see `Normal`."""

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "NormalWithSoftplusScale",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[scale]) as name:
            scale = softplus(scale, name="softplus_scale")
            super().__init__(loc, scale, validate_args, allow_nan_stats, name)
        self._parameters = parameters


@RegisterKL(Normal, Normal)
def _normal_from_normal(a: Normal, b: Normal, name: str | None = None) -> Tensor:
    with name_scope(name, "kl_normal_normal", [a.loc, b.loc]):
        one, two, half = (constant(number, dtype=a.dtype) for number in (1, 2, 0.5))
        ours, theirs = square(a.scale), square(b.scale)
        ratio = ours / theirs
        return squared_difference(a.loc, b.loc) / (two * theirs) + half * (ratio - one - log(ratio))


# -- Laplace ----------------------------------------------------------------------------------------


class Laplace(_LocationAndScale):
    """The Laplace distribution.

    Args:
        loc: the means.
        scale: the scales, of which the square root of two is the standard deviation.
        validate_args: whether these are checked to be positive when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.
    """

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Laplace",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[loc, scale]) as name:
            self._take(loc, scale, validate_args)
            super().__init__(
                self.loc.dtype,
                FULLY_REPARAMETERIZED,
                validate_args,
                allow_nan_stats,
                parameters,
                self._pair,
                name,
            )

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        kind = self.dtype.as_numpy_dtype
        # Not -1 itself, whose logarithm is infinite.
        least = np.nextafter(kind(-1.0), kind(0.0))
        drawn = random_uniform(self._sizes(n), minval=least, maxval=1.0, dtype=self.dtype, seed=seed)
        return self.loc - self.scale * sign(drawn) * log1p(-absolute(drawn))

    def _prob(self, x: Any) -> Tensor:
        return exp(self._log_prob(x))

    def _log_cdf(self, x: Any) -> Tensor:
        return special.log_cdf_laplace(self._z(x))

    def _log_survival_function(self, x: Any) -> Tensor:
        return special.log_cdf_laplace(-self._z(x))

    def _cdf(self, x: Any) -> Tensor:
        z = self._z(x)
        return 0.5 + 0.5 * sign(z) * (1.0 - exp(-absolute(z)))

    def _log_unnormalized_prob(self, x: Any) -> Tensor:
        return -absolute(self._z(x))

    def _log_normalization(self) -> Tensor:
        return math.log(2.0) + log(self.scale)

    def _entropy(self) -> Tensor:
        scale = self.scale + zeros_like(self.loc)
        return math.log(2.0) + 1.0 + log(scale)

    def _mean(self) -> Tensor:
        return self.loc + zeros_like(self.scale)

    def _stddev(self) -> Tensor:
        return math.sqrt(2.0) * self.scale + zeros_like(self.loc)

    def _median(self) -> Tensor:
        return self._mean()

    def _mode(self) -> Tensor:
        return self._mean()

    def _z(self, x: Any) -> Tensor:
        return (x - self.loc) / self.scale


class LaplaceWithSoftplusScale(Laplace):
    """A Laplace distribution whose scale is the softplus of `scale`; see `Laplace`."""

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "LaplaceWithSoftplusScale",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[loc, scale]) as name:
            scale = softplus(scale, name="softplus_scale")
            super().__init__(loc, scale, validate_args, allow_nan_stats, name)
        self._parameters = parameters


# -- uniform ----------------------------------------------------------------------------------------


class Uniform(_TwoParameters):
    """The uniform distribution.

    Args:
        low: the least numbers.
        high: the numbers that all are below.
        validate_args: whether they are checked to be in this order when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.
    """

    _shaped_as_samples = ("low", "high")

    def __init__(
        self,
        low: Any = 0.0,
        high: Any = 1.0,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Uniform",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[low, high]) as name:
            checks = []
            if validate_args:
                checks = [assert_less(low, high, message="uniform not defined when low >= high.")]
            with control_dependencies(checks):
                self._pair = identity(low, name="low"), identity(high, name="high")
                assert_same_float_dtype([*self._pair])
        super().__init__(
            self.low.dtype,
            FULLY_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            self._pair,
            name,
        )

    @property
    def low(self) -> Tensor:
        """The least numbers."""
        return self._pair[0]

    @property
    def high(self) -> Tensor:
        """The numbers that all are below."""
        return self._pair[1]

    def range(self, name: str = "range") -> Tensor:
        """The distance between the two."""
        with self._name_scope(name):
            return self.high - self.low

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        drawn = random_uniform(self._sizes(n), dtype=self.dtype, seed=seed)
        return self.low + self.range() * drawn

    def _prob(self, x: Any) -> Tensor:
        x = x * ones(self.batch_shape_tensor(), dtype=x.dtype)
        is_number = is_nan(x)
        is_outside = logical_or(x < self.low, x >= self.high)
        nothing = zeros_like(x)
        return where_v2(is_number, x, where_v2(is_outside, nothing, ones_like(x) / self.range()))

    def _cdf(self, x: Any) -> Tensor:
        sizes = broadcast_dynamic_shape(shape(x), self.batch_shape_tensor())
        nothing = zeros(sizes, dtype=self.dtype)
        everything = ones(sizes, dtype=self.dtype)
        wide = x * everything
        not_above = where_v2(x < self.low, nothing, (wide - self.low) / self.range())
        return where_v2(x >= self.high, everything, not_above)

    def _entropy(self) -> Tensor:
        return log(self.range())

    def _mean(self) -> Tensor:
        return (self.low + self.high) / 2.0

    def _variance(self) -> Tensor:
        return square(self.range()) / 12.0

    def _stddev(self) -> Tensor:
        return self.range() / math.sqrt(12.0)


# -- Student's t --------------------------------------------------------------------------------------


class StudentT(OverScalars):
    """Student's t distribution.

    Args:
        df: the degrees of freedom.
        loc: the means, where these are above one.
        scale: the scales.
        validate_args: whether degrees of freedom are checked to be positive when steps run.
        allow_nan_stats: whether what is not defined is NaN, and no error.
        name: the name scope of its operations.
    """

    _shaped_as_samples = ("df", "loc", "scale")

    def __init__(
        self,
        df: Any,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "StudentT",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[df, loc, scale]) as name:
            with control_dependencies([assert_positive(df)] if validate_args else []):
                self._df = identity(df, name="df")
                self._loc = identity(loc, name="loc")
                self._scale = identity(scale, name="scale")
                assert_same_float_dtype((self._df, self._loc, self._scale))
        super().__init__(
            self._scale.dtype,
            FULLY_REPARAMETERIZED,
            validate_args,
            allow_nan_stats,
            parameters,
            [self._df, self._loc, self._scale],
            name,
        )

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self._df

    @property
    def loc(self) -> Tensor:
        """The location."""
        return self._loc

    @property
    def scale(self) -> Tensor:
        """The scale."""
        return self._scale

    def _batch_shape_tensor(self) -> Tensor:
        sizes = shape(self.df)
        return broadcast_dynamic_shape(sizes, broadcast_dynamic_shape(shape(self.loc), shape(self.scale)))

    def _batch_shape(self) -> Any:
        two = broadcast_static_shape(self.df.shape, self.loc.shape)
        return broadcast_static_shape(two, self.scale.shape)

    def _ones(self) -> Tensor:
        return ones(self.batch_shape_tensor(), dtype=self.dtype)

    def _sample_n(self, n: Any, seed: Any = None) -> Tensor:
        sizes = concat([[n], self.batch_shape_tensor()], 0)
        normal = random_normal(sizes, dtype=self.dtype, seed=seed)
        df = self.df * self._ones()
        second = gen_new_seed(seed, salt="student_t")
        gamma = random_gamma([n], 0.5 * df, beta=0.5, dtype=self.dtype, seed=second)
        return normal * rsqrt(gamma / df) * self.scale + self.loc

    def _log_prob(self, x: Any) -> Tensor:
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x: Any) -> Tensor:
        y = (x - self.loc) / self.scale
        return -0.5 * (self.df + 1.0) * log1p(y**2.0 / self.df)

    def _log_normalization(self) -> Tensor:
        return (
            log(absolute(self.scale))
            + 0.5 * log(self.df)
            + 0.5 * np.log(np.pi)
            + lgamma(0.5 * self.df)
            - lgamma(0.5 * (self.df + 1.0))
        )

    def _cdf(self, x: Any) -> Tensor:
        # Abramowitz and Stegun, 26.7.1, by the incomplete beta function.
        y = (x - self.loc) / absolute(self.scale)
        share = self.df / (y**2.0 + self.df)
        below = 0.5 * betainc(0.5 * self.df, 0.5, share)
        return where_v2(less(y, 0.0), below, 1.0 - below)

    def _entropy(self) -> Tensor:
        v = self._ones()[..., newaxis]
        u = v * self.df[..., newaxis]
        arguments = concat([u, v], -1) / 2.0
        return (
            log(absolute(self.scale))
            + 0.5 * log(self.df)
            + lbeta(arguments)
            + 0.5 * (self.df + 1.0) * (digamma(0.5 * (self.df + 1.0)) - digamma(0.5 * self.df))
        )

    def _where_defined(self, value: Tensor, what: str) -> Tensor:
        """A moment where there are degrees of freedom enough for the mean."""
        if self.allow_nan_stats:
            nan = np.array(np.nan, dtype=self.dtype.as_numpy_dtype)
            is_defined = greater(self.df, self._ones())
            return where_v2(is_defined, value, fill(self.batch_shape_tensor(), nan, name="nan"))
        message = f"{what} not defined for components of df <= 1"
        return with_dependencies([assert_less(ones([], dtype=self.dtype), self.df, message=message)], value)

    def _mean(self) -> Tensor:
        return self._where_defined(self.loc * self._ones(), "mean")

    def _variance(self) -> Tensor:
        more = where_v2(greater(self.df, 2.0), self.df - 2.0, ones_like(self.df))
        variance = self._ones() * square(self.scale) * self.df / more
        infinity = np.array(np.inf, dtype=self.dtype.as_numpy_dtype)
        is_finite = self.df > fill(self.batch_shape_tensor(), 2.0)
        finite = where_v2(is_finite, variance, fill(self.batch_shape_tensor(), infinity, name="inf"))
        return self._where_defined(finite, "variance")

    def _mode(self) -> Tensor:
        return identity(self.loc)


class StudentTWithAbsDfSoftplusScale(StudentT):
    """A t distribution of `floor(abs(df))` and the softplus of `scale`; see `StudentT`."""

    def __init__(
        self,
        df: Any,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "StudentTWithAbsDfSoftplusScale",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[df, scale]) as name:
            super().__init__(
                floor(absolute(df)),
                loc,
                softplus(scale, name="softplus_scale"),
                validate_args,
                allow_nan_stats,
                name,
            )
        self._parameters = parameters
