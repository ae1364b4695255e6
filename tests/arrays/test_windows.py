"""The convolution and pooling primitives: both tiers agree, and gradients are the transposes."""

import itertools

import jax
import numpy as np
import pytest

from perdure.arrays import windows_jax, windows_numpy

GEOMETRIES = [
    {"strides": (1, 1), "padding": ((0, 0), (0, 0)), "dilations": (1, 1)},
    {"strides": (2, 1), "padding": ((1, 2), (0, 1)), "dilations": (1, 2)},
    {"strides": (3, 2), "padding": ((0, 0), (1, 1)), "dilations": (2, 1)},
]


@pytest.fixture(autouse=True)
def sixty_four_bits():
    with jax.enable_x64(True):
        yield


def both(name, *arrays, **options):
    """What the two tiers make of it, once they agree."""
    found = getattr(windows_numpy, name)(*arrays, **options)
    traced = getattr(windows_jax, name)(*map(jax.numpy.asarray, arrays), **options)
    assert (found.dtype, found.shape) == (traced.dtype, traced.shape)
    np.testing.assert_allclose(found, traced, rtol=1e-9, atol=1e-9, err_msg=name)
    return found


@pytest.mark.parametrize("kind", ["conv", "depthwise_conv"])
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
@pytest.mark.parametrize("window", [(1, 1), (3, 2)], ids=str)
def test_gradients_are_transposes(kind, geometry, window):
    """<y(x), g> = <x, input gradient of g> = <f, filter gradient of g>, also with dilation."""
    random = np.random.RandomState(0)
    x, f = random.randn(2, 9, 8, 3), random.randn(*window, 3, 2)
    if window == (1, 1):
        geometry = {**geometry, "padding": ((0, 0), (0, 0))}
    y = both(kind, x, f, **geometry)
    g = random.randn(*y.shape)
    d_x = both(f"{kind}_input_gradient", f, g, input_shape=x.shape, **geometry)
    d_f = both(f"{kind}_filter_gradient", x, g, filter_shape=f.shape, **geometry)
    np.testing.assert_allclose([(x * d_x).sum(), (f * d_f).sum()], (y * g).sum())


def test_columns_in_pieces(monkeypatch):
    """Cutting the columns of a convolution into pieces changes nothing."""
    random = np.random.RandomState(0)
    x, f = random.randn(3, 6, 5, 2), random.randn(3, 3, 2, 4)
    options = {"strides": (1, 1), "padding": ((1, 1), (1, 1)), "dilations": (1, 1)}
    whole = windows_numpy.conv(x, f, **options)
    d_f = windows_numpy.conv_filter_gradient(x, whole, filter_shape=f.shape, **options)
    for size in (1, 2000, 5000):
        monkeypatch.setattr(windows_numpy, "COLUMNS_BYTES", size)
        np.testing.assert_allclose(windows_numpy.conv(x, f, **options), whole)
        np.testing.assert_allclose(
            windows_numpy.conv_filter_gradient(x, whole, filter_shape=f.shape, **options), d_f
        )


def slow_max_pool_gradient(x, g, window, strides, padding):
    """The first largest value of each window, by looking."""
    d_x = np.zeros_like(x)
    for n, i, j, c in np.ndindex(*g.shape):
        places = [
            (i * strides[0] - padding[0][0] + a, j * strides[1] - padding[1][0] + b)
            for a, b in itertools.product(*map(range, window))
        ]
        inside = [p for p in places if 0 <= p[0] < x.shape[1] and 0 <= p[1] < x.shape[2]]
        best = max(inside, key=lambda p: x[n, p[0], p[1], c])  # noqa: B023 - max returns the first
        d_x[n, best[0], best[1], c] += g[n, i, j, c]
    return d_x


@pytest.mark.parametrize("strides", [(1, 1), (2, 3)], ids=str)
def test_pooling(strides):
    """Ties go to the first place, -inf counts as a value, and averages ignore the padding."""
    random = np.random.RandomState(0)
    x = random.randint(0, 3, (2, 6, 7, 2)).astype("f8")
    x[0, :3, :3, 0] = -np.inf
    options = {"window": (2, 3), "strides": strides, "padding": ((0, 1), (1, 1))}
    y = both("max_pool", x, **options)
    assert np.isfinite(y).all()
    g = random.randn(*y.shape)
    d_x = both("max_pool_gradient", x, y, g, **options)
    np.testing.assert_allclose(d_x, slow_max_pool_gradient(x, g, **options))
    both("max_pool_gradient_gradient", x, y, random.randn(*x.shape), **options)
    both("max_pool_gradient", x, y, g, every_match=True, **options)
    places = both("max_pool_places", x, y, **options)
    values = np.take_along_axis(x.reshape(2, -1), places.reshape(2, -1), axis=1)
    np.testing.assert_array_equal(np.maximum(values, y.min()), y.reshape(2, -1))
    x = random.randn(*x.shape)
    mean = both("avg_pool", x, **options)
    back = both("avg_pool_gradient", g, input_shape=x.shape, **options)
    np.testing.assert_allclose((mean * g).sum(), (x * back).sum())


def test_empty_results():
    """No window, no result, in both tiers."""
    x = np.zeros((0, 4, 4, 2))
    options = {"window": (2, 2), "strides": (2, 2), "padding": ((0, 0), (0, 0))}
    y = both("max_pool", x, **options)
    assert y.shape == (0, 2, 2, 2)
    assert both("max_pool_gradient", x, y, y, **options).shape == x.shape
    assert both("avg_pool", x, **options).shape == y.shape
