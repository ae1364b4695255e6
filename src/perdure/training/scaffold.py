"""Scaffold: the operations that prepare a session for training, gathered or made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.joining import concat
from perdure.functional.control.control import group
from perdure.functional.state.resources import (
    initialize_resources,
    local_resources,
    report_uninitialized_resources,
    shared_resources,
    tables_initializer,
)
from perdure.functional.summaries.merging import merge_all
from perdure.graph.defaults import add_to_collection, get_collection
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.platform import logging
from perdure.training.checkpoints.checkpoint import Checkpoint
from perdure.training.checkpoints.object_graph import ObjectGraphView
from perdure.training.saving.saver import Saver, _get_saver_or_default
from perdure.variables.collections import (
    global_variables,
    global_variables_initializer,
    local_variables_initializer,
    report_uninitialized_variables,
)


class Scaffold:
    """The operations that initialize a model and say whether it is ready.

    What is not given is taken from the collection of the default graph that is named after it, or made
    and put there, by `finalize`.

    Args:
        init_op: initializes the global variables.
        init_feed_dict: what to feed for it.
        init_fn: called after it as `init_fn(scaffold, session)`.
        ready_op: a vector of strings, the names of what is not initialized.
        ready_for_local_init_op: the same for what must be initialized before `local_init_op` is run.
        local_init_op: initializes local variables and tables.
        summary_op: the summaries; all those of the graph if None.
        saver: saves checkpoints; its `build` is called by `finalize`.  A `tf.train.Checkpoint` is replaced by
            a Saver of what it holds then.
        copy_from_scaffold: a scaffold to take what is not given from.

    Raises:
        TypeError: `copy_from_scaffold` is no scaffold.
    """

    def __init__(
        self,
        init_op: Any = None,
        init_feed_dict: dict[Any, Any] | None = None,
        init_fn: Callable[[Scaffold, Any], Any] | None = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        local_init_op: Any = None,
        summary_op: Any = None,
        saver: Any = None,
        copy_from_scaffold: Scaffold | None = None,
    ) -> None:
        if copy_from_scaffold is not None and not isinstance(copy_from_scaffold, Scaffold):
            raise TypeError("copy_from_scaffold is not a Scaffold instance.")

        def given(value: Any, attribute: str) -> Any:
            return getattr(copy_from_scaffold, attribute, None) if value is None else value

        self._init_op = given(init_op, "_init_op")
        self._init_feed_dict = given(init_feed_dict, "_init_feed_dict")
        # The user's own function is copied, so that it is called with this scaffold.
        self._user_init_fn = given(init_fn, "_user_init_fn")
        self._ready_op = given(ready_op, "_ready_op")
        self._ready_for_local_init_op = given(ready_for_local_init_op, "_ready_for_local_init_op")
        self._local_init_op = given(local_init_op, "_local_init_op")
        self._summary_op = given(summary_op, "_summary_op")
        self._saver = given(saver, "_saver")

    def finalize(self) -> Scaffold:
        """Make what is missing and finalize the default graph.

        Returns:
            This scaffold.

        Raises:
            RuntimeError: a collection has several operations to choose from.
        """
        for piece, key, default in _DEFAULTS:
            if getattr(self, f"_{piece}") is None:
                setattr(self, f"_{piece}", self.get_or_default(piece, key, default))
        if self._saver is None:
            self._saver = _get_saver_or_default()
        if isinstance(self._saver, Checkpoint):
            # It saves on its own; here it says what is saved, and under which keys.
            self._saver = Saver(ObjectGraphView(self._saver).frozen_saveable_objects(), sharded=True)
        else:
            self._saver.build()
        get_default_graph().finalize()
        logging.info("Graph was finalized.")
        return self

    @property
    def init_fn(self) -> Callable[[Any], Any] | None:
        """Further initialization, as a function of the session; or None."""
        user_init_fn = self._user_init_fn
        if not user_init_fn:
            return None
        return lambda session: user_init_fn(self, session)

    @property
    def init_op(self) -> Any:
        """Initializes the global variables."""
        return self._init_op

    @property
    def ready_op(self) -> Any:
        """The names of what is not initialized."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self) -> Any:
        """The names of what `local_init_op` needs and is not initialized."""
        return self._ready_for_local_init_op

    @property
    def local_init_op(self) -> Any:
        """Initializes local variables and tables."""
        return self._local_init_op

    @property
    def summary_op(self) -> Any:
        """The summaries, or None."""
        return self._summary_op

    @property
    def saver(self) -> Any:
        """Saves checkpoints; None before `finalize`."""
        return self._saver

    @property
    def init_feed_dict(self) -> dict[Any, Any] | None:
        """What to feed for `init_op`."""
        return self._init_feed_dict

    @staticmethod
    def get_or_default(arg_name: str, collection_key: str, default_constructor: Callable[[], Any]) -> Any:
        """What a collection of the default graph holds, made if it holds nothing.

        Args:
            arg_name: what it is for, for the error.
            collection_key: the collection.
            default_constructor: makes it; may return None.

        Raises:
            RuntimeError: the collection holds several.
        """
        elements = get_collection(collection_key)
        if len(elements) > 1:
            raise RuntimeError(
                f'More than one item in the collection "{collection_key}". Please indicate which one to '
                f"use by passing it to the tf.Scaffold constructor as:  tf.Scaffold({arg_name}=item to use)"
            )
        if elements:
            return elements[0]
        made = default_constructor()
        if made is not None:
            add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op() -> Operation:
        """An operation that initializes local variables, tables and local resources."""
        return group(
            local_variables_initializer(),
            tables_initializer(),
            initialize_resources(local_resources()),
        )


def _default_init_op() -> Operation:
    return group(global_variables_initializer(), initialize_resources(shared_resources()))


def _default_ready_op() -> Tensor:
    return concat([report_uninitialized_variables(), report_uninitialized_resources()], 0)


def _default_ready_for_local_init_op() -> Tensor:
    return concat(
        [
            report_uninitialized_variables(global_variables()),
            report_uninitialized_resources(shared_resources()),
        ],
        0,
    )


# In the order in which TensorFlow makes their nodes.
_DEFAULTS: tuple[tuple[str, str, Callable[[], Any]], ...] = (
    ("init_op", GraphKeys.INIT_OP, _default_init_op),
    ("ready_op", GraphKeys.READY_OP, _default_ready_op),
    (
        "ready_for_local_init_op",
        GraphKeys.READY_FOR_LOCAL_INIT_OP,
        _default_ready_for_local_init_op,
    ),
    ("local_init_op", GraphKeys.LOCAL_INIT_OP, Scaffold.default_local_init_op),
    ("summary_op", GraphKeys.SUMMARY_OP, merge_all),
)
