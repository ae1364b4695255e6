"""What kernels may ask for besides the inputs and attributes of their op.

A kernel asks by the name of a keyword-only parameter, as it asks for an attribute; so `ops/` imports nothing
of what it is given.  Some of it is bound to the node once, when a step is planned; the rest differs from step
to step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from perdure.graph.operation import Operation
from perdure.resources.streams import Calls, RandomStream


@dataclass(frozen=True, slots=True)
class Capability:
    """Something a kernel may ask for.

    Attributes:
        what: what the kernel is given.
        giver: who provides it.
        host: whether it is there on the host only, so that an op whose kernel asks for it is in no cluster.
        bind: finds what is the same in all steps, from the definition of an op, a node of it, and what the
            session owns.
        in_step: makes what the kernel is given of the step and of what `bind` found; None if that is the same
            in all steps.
    """

    what: str
    giver: Literal["node", "session", "step"]
    host: bool
    bind: Callable[[Any, Operation, Any], Any]
    in_step: Callable[[Any, Any], Any] | None = None

    @property
    def is_constant(self) -> bool:
        """Whether the node determines it, so that equal inputs give equal outputs."""
        return self.giver == "node"


class StreamInStep:
    """A random stream as a kernel sees it: what it draws is the step's.

    Args:
        step: the step.
        stream: the stream.
    """

    __slots__ = ("_step", "_stream")

    def __init__(self, step: Any, stream: Any) -> None:
        self._step = step
        self._stream = stream

    def reserve(self, samples: int) -> tuple[Any, Any]:
        """See `Stream.reserve`."""
        return self._step.draw(self._stream, samples)


def _stream(_: Any, op: Operation, resources: Any) -> Any:
    return resources.get(RandomStream, op.name, seed=op.attrs["seed"], seed2=op.attrs["seed2"])


def _obtain(definition: Any, op: Operation, resources: Any) -> Any:
    shared = op.attrs.get("shared_name") or (op.name if op.attrs.get("use_node_name_sharing") else "")
    return partial(resources.get, definition.makes, op.name, op.attrs.get("container", ""), shared)


def policies_of(op: Operation) -> list[Any]:
    """What an operation of a loaded model, or of a function of one, is held to."""
    op = getattr(op, "lifted_from", op)  # in a branch or loop planning has made another that stands for it
    return [place["_policy"] for place in (vars(op), vars(op.graph)) if "_policy" in place][:1]


# Names of attributes of TensorFlow's ops are no names of capabilities; a test compares.
CAPABILITIES: dict[str, Capability] = {
    "node_name": Capability("the name of the node", "node", False, lambda _, op, __: op.name),
    "rng": Capability("the random stream of the node", "step", False, _stream, StreamInStep),
    "calls": Capability(
        "a counter of the runs of the node", "session", True,
        lambda _, op, resources: resources.get(Calls, op.name),
    ),
    "obtain": Capability(
        # Called with what the constructor of the class that the op line says it `makes` wants to know.
        "the object that the node stands for, which the session owns", "session", True, _obtain
    ),
    "device": Capability(
        "the name of the host's device", "session", True, lambda _, __, resources: resources.device
    ),
    "files": Capability(
        "files, as far as the session may touch them", "session", True,
        lambda _, op, resources: resources.files(*policies_of(op)),
    ),
    "clock": Capability(
        "a function that returns the seconds since 1970", "session", True, lambda *_: time.time
    ),
    "step": Capability(
        "the step, which can wait for others", "step", True, lambda *_: None, lambda step, _: step
    ),
}  # fmt: skip
