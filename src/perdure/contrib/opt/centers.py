"""What optimizers of several workers share: variables with companions, and how a worker begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.graph.defaults import device
from perdure.graph.keys import GraphKeys
from perdure.training.session_run_hook import SessionRunHook
from perdure.variables.collections import global_variables_initializer, local_variables_initializer

GLOBAL_VARIABLE_NAME = "global_center_variable"
LOCAL = [GraphKeys.LOCAL_VARIABLES]
GLOBAL = [GraphKeys.GLOBAL_VARIABLES]


class CompanionGetter:
    """A custom getter that makes trainable variables on the worker, each with a global one and a local one.

    Args:
        worker_device: the device of the worker.
    """

    _companion_name: str
    # Whether variables that are not trainable are put on the worker if they are local.
    _places_local_variables = True

    def __init__(self, worker_device: Any) -> None:
        self._worker_device = worker_device
        self._global_map: dict[Any, Any] = {}
        self._companions: dict[Any, Any] = {}

    def __call__(
        self,
        getter: Callable[..., Any],
        name: str,
        trainable: Any,
        collections: Any,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if not trainable:
            return plain_variable(
                self,
                getter,
                name,
                trainable,
                collections,
                *args,
                placed=self._places_local_variables,
                **kwargs,
            )
        with device(self._worker_device):
            own = getter(name, *args, trainable=True, collections=[*LOCAL], **kwargs)
        if kwargs["reuse"] == True:  # noqa: E712 (AUTO_REUSE is true, too, and makes them)
            return own
        center = getter(
            *args, name=f"{GLOBAL_VARIABLE_NAME}/{name}", trainable=False, collections=[*GLOBAL], **kwargs
        )
        with device(self._worker_device):
            companion = getter(
                *args, name=f"{self._companion_name}/{name}", trainable=False, collections=[*LOCAL], **kwargs
            )
        if kwargs["partitioner"] is None:
            self._companions[own] = companion
            self._global_map[own] = center
        else:
            self._companions.update(zip(own, companion, strict=True))
            self._global_map.update(zip(own, center, strict=True))
        return own


def plain_variable(
    owner: Any,
    getter: Callable[..., Any],
    name: str,
    trainable: Any,
    collections: Any,
    *args: Any,
    placed: bool = True,
    **kwargs: Any,
) -> Any:
    """A variable that is not trained: on the worker if it is local."""
    if placed and GraphKeys.LOCAL_VARIABLES in collections:
        with device(owner._worker_device):
            return getter(name, *args, trainable=trainable, collections=collections, **kwargs)
    return getter(name, *args, trainable=trainable, collections=collections, **kwargs)


class WorkerHook(SessionRunHook):
    """Lets a worker begin with the values of the global variables.

    Args:
        is_chief: whether it initializes the global variables.
        init_op: a function that makes the operation it begins with.
    """

    def __init__(self, is_chief: bool, init_op: Callable[[], Any]) -> None:
        self._is_chief = is_chief
        self._init_op = init_op
        self._local_init_op: Any = None
        self._global_init_op: Any = None
        self._variable_init_op: Any = None

    def begin(self) -> None:
        """Make the operations."""
        self._local_init_op = local_variables_initializer()
        if self._is_chief:
            self._global_init_op = global_variables_initializer()
        self._variable_init_op = self._init_op()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Run the operation that the worker begins with."""
        session.run(self._variable_init_op)
