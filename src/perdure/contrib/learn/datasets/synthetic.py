"""Two classes of points in the plane: on circles, and on spirals."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.contrib.learn.datasets.base import Dataset


def circles(
    n_samples: int = 100,
    noise: float | None = None,
    seed: int | None = None,
    factor: float = 0.8,
    n_classes: int = 2,
    *args: Any,
    **kwargs: Any,
) -> Dataset:
    """Points on circles around one another, a circle for each class, shuffled.

    Args:
        n_samples: how many.
        noise: the standard deviation of what is added to them; None for nothing.
        seed: seeds NumPy's global random state; None leaves it alone.
        factor: how much smaller the next circle is.
        n_classes: how many circles.
        *args, **kwargs: ignored, as in TensorFlow.
    """
    if seed is not None:
        np.random.seed(seed)
    angles = np.linspace(0, 2 * np.pi, n_samples // n_classes)
    rest = n_samples % n_classes
    xs, ys = [np.cos(angles)], [np.sin(angles)]
    for _ in range(n_classes - 1):
        xs.append(xs[-1] * factor)
        ys.append(ys[-1] * factor)
    xs.append(np.cos(np.random.rand(rest) * 2 * np.pi))
    ys.append(np.sin(np.random.rand(rest) * 2 * np.pi))
    points = np.stack([np.concatenate(xs), np.concatenate(ys)], axis=1)
    return _shuffled(points, _labels(n_samples, n_classes), noise)


def spirals(
    n_samples: int = 100,
    noise: float | None = None,
    seed: int | None = None,
    mode: str = "archimedes",
    n_loops: int = 2,
    *args: Any,
    **kwargs: Any,
) -> Dataset:
    """Points on two spirals, one for each class, shuffled.

    Args:
        n_samples: how many.
        noise: the standard deviation of what is added to them; None for nothing.
        seed: seeds NumPy's global random state; None leaves it alone.
        mode: "archimedes", "bernoulli" or "fermat".
        n_loops: how many times a spiral goes around.
        *args, **kwargs: arguments of the spiral: `exp_scale` of Bernoulli's.

    Raises:
        ValueError: there is no such mode.
    """
    if mode not in _SPIRALS:
        raise ValueError(f"Cannot generate spiral with mode {mode}")
    spiral = _SPIRALS[mode]
    if seed is not None:
        np.random.seed(seed)
    angles = np.linspace(0, 2 * n_loops * np.pi, n_samples // 2)
    parts = [spiral(angles, label * np.pi, *args, **kwargs) for label in range(2)]
    rest = n_samples % 2
    if rest:
        parts.append(spiral(np.random.rand(rest) * 2 * np.pi, *args, **kwargs))
    return _shuffled(np.concatenate(parts), _labels(n_samples, 2), noise)


def _labels(n_samples: int, n_classes: int) -> np.ndarray:
    """The classes in order; what cannot be divided among them is of the first."""
    each = n_samples // n_classes
    labels = np.repeat(np.arange(n_classes, dtype=np.int32), each)
    return np.concatenate([labels, np.zeros(n_samples % n_classes, np.int32)])


def _shuffled(points: np.ndarray, labels: np.ndarray, noise: float | None) -> Dataset:
    order = np.random.permutation(range(len(points)))
    if noise is not None:
        points = points + np.random.normal(scale=noise, size=points.shape)
    return Dataset(points[order], labels[order])


def _on_a_spiral(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return points / np.max(np.abs(points), axis=0)


def _archimedes(theta: np.ndarray, offset: float = 0.0, *args: Any, **kwargs: Any) -> np.ndarray:
    return _on_a_spiral(theta, theta + offset)


def _bernoulli(theta: np.ndarray, offset: float = 0.0, *args: Any, **kwargs: Any) -> np.ndarray:
    return _on_a_spiral(np.exp(kwargs.pop("exp_scale", 0.1) * theta), theta + offset)


def _fermat(theta: np.ndarray, offset: float = 0.0, *args: Any, **kwargs: Any) -> np.ndarray:
    return _on_a_spiral(np.sqrt(theta), theta + offset)


_SPIRALS: dict[str, Any] = {"archimedes": _archimedes, "bernoulli": _bernoulli, "fermat": _fermat}
