"""The collections that losses are kept in, and their sum."""

from __future__ import annotations

from typing import Any

from perdure.functional.math.products import add_n
from perdure.graph.constants import constant
from perdure.graph.defaults import add_to_collection, get_collection
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor


def add_loss(loss: Tensor, loss_collection: str | None = GraphKeys.LOSSES) -> None:
    """Put a loss into a collection.

    Args:
        loss: a tensor.
        loss_collection: the collection; none if None.
    """
    if loss_collection:
        add_to_collection(loss_collection, loss)


def get_losses(scope: str | None = None, loss_collection: str = GraphKeys.LOSSES) -> list[Any]:
    """The losses of a collection.

    Args:
        scope: keep only those whose name matches this regular expression at its start.
        loss_collection: the collection.
    """
    return get_collection(loss_collection, scope)


def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """The losses that the regularizers of variables made; see `get_losses`."""
    return get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(scope: str | None = None, name: str = "total_regularization_loss") -> Tensor:
    """The sum of the regularization losses, 0 if there are none.

    Args:
        scope: see `get_losses`.
        name: the name of the sum.
    """
    losses = get_regularization_losses(scope)
    return add_n(losses, name=name) if losses else constant(0.0)


def get_total_loss(
    add_regularization_losses: bool = True, name: str = "total_loss", scope: str | None = None
) -> Tensor:
    """The sum of all losses.

    Args:
        add_regularization_losses: whether the regularization losses are counted.
        name: the name of the sum.
        scope: see `get_losses`.

    Raises:
        ValueError: there are none.
    """
    losses = get_losses(scope=scope)
    if add_regularization_losses:
        losses += get_regularization_losses(scope=scope)
    return add_n(losses, name=name)
