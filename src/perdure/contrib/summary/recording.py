"""Operations that make a summary and write it: their result is True if they have.

The writers stand in `summaries/graph_writer.py`; here is what knows of a global step.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from perdure.functional.array.array import identity
from perdure.functional.control.conditionals import smart_cond
from perdure.functional.control.control import no_op
from perdure.functional.summaries.tags import summary_scope
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import (
    add_to_collection,
    control_dependencies,
    device,
    get_default_graph,
    name_scope,
)
from perdure.graph.dtypes import int64, uint8
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.platform import logging
from perdure.platform.deprecation import warn_once
from perdure.summaries import graph_writer
from perdure.training.training_util import get_or_create_global_step

_RED = (255, 0, 0, 255)


def record_summaries_every_n_global_steps(n: int, global_step: Any = None) -> AbstractContextManager[None]:
    """Record the summaries of a block when the global step is a multiple of a number.

    Args:
        n: the number.
        global_step: the step; the global step of the graph if None.
    """
    if global_step is None:
        global_step = get_or_create_global_step()
    with device("cpu:0"):
        return graph_writer.record_if(g.equal(global_step % n, 0))


def _written(
    name: str, tensor: Any, function: Callable[[str, str], Operation], family: str | None
) -> Tensor | Operation:
    """The operation that writes a summary, if that is to be.

    Args:
        name: the summary's name.
        tensor: what it is of.
        function: makes the operation of a tag and a scope.
        family: what the tag begins with.
    """
    scope_here = get_default_graph().get_name_scope()

    def record() -> Tensor:
        with name_scope(f"{scope_here}/" if scope_here else ""):
            with summary_scope(name, family, values=[tensor]) as (tag, scope):
                with control_dependencies([function(tag, scope)]):
                    return constant(True)

    if graph_writer.current_writer() is None:
        return no_op()
    with device("cpu:0"):
        known = graph_writer.recording()
        condition = graph_writer.should_record_summaries()
        if known is None or isinstance(known, bool):
            made = record() if known else constant(False)
        else:
            made = smart_cond(condition, record, lambda: constant(False), name="")
        add_to_collection(GraphKeys._SUMMARY_COLLECTION, made)
    return made


def _writer() -> Tensor:
    return graph_writer.current_writer()._resource  # type: ignore[union-attr]


def _step(step: Any) -> Any:
    if step is None:
        return get_or_create_global_step()
    return step if isinstance(step, Tensor) else convert_to_tensor(step, int64)


def scalar(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Tensor | Operation:
    """Write a number.

    Args:
        name: the name of the node, and the tag.
        tensor: a real number.
        family: what the tag begins with.
        step: the step; the global step if None.
    """

    def write(tag: str, scope: str) -> Operation:
        return g.write_scalar_summary(_writer(), _step(step), tag, identity(tensor), name=scope)

    return _written(name, tensor, write, family)


def histogram(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Tensor | Operation:
    """Write how numbers are distributed; arguments as of `scalar`."""

    def write(tag: str, scope: str) -> Operation:
        return g.write_histogram_summary(_writer(), _step(step), tag, identity(tensor), name=scope)

    return _written(name, tensor, write, family)


def image(
    name: str,
    tensor: Any,
    bad_color: Any = None,
    max_images: int = 3,
    family: str | None = None,
    step: Any = None,
) -> Tensor | Operation:
    """Write pictures.

    Args:
        name: the name of the node, and what the tags begin with.
        tensor: pictures of shape [count, height, width, channels].
        bad_color: the color of pixels that are not finite, uint8; red if None.
        max_images: how many of them are written at most.
        family: what the tags begin with.
        step: the step; the global step if None.
    """

    def write(tag: str, scope: str) -> Operation:
        color = constant(_RED, dtype=uint8) if bad_color is None else bad_color
        return g.write_image_summary(
            _writer(), _step(step), tag, identity(tensor), color, max_images, name=scope
        )

    return _written(name, tensor, write, family)


def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int,
    family: str | None = None,
    step: Any = None,
) -> Tensor | Operation:
    """Write sounds.

    Args:
        name: the name of the node, and what the tags begin with.
        tensor: sounds of shape [count, frames, channels] or [count, frames], float32 from -1 to 1.
        sample_rate: the frames in a second.
        max_outputs: how many of them are written at most.
        family: what the tags begin with.
        step: the step; the global step if None.
    """

    def write(tag: str, scope: str) -> Operation:
        return g.write_audio_summary(
            _writer(), _step(step), tag, identity(tensor), sample_rate=sample_rate,
            max_outputs=max_outputs, name=scope,
        )  # fmt: skip

    return _written(name, tensor, write, family)


def generic(
    name: str, tensor: Any, metadata: Any = None, family: str | None = None, step: Any = None
) -> Tensor | Operation:
    """Write a tensor of any kind.

    Args:
        name: the name of the node, and the tag.
        tensor: the tensor.
        metadata: a `SummaryMetadata`, which may be serialized.
        family: what the tag begins with.
        step: the step; the global step if None.
    """

    def write(tag: str, scope: str) -> Operation:
        if metadata is None:
            serialized = constant("")
        elif hasattr(metadata, "SerializeToString"):
            serialized = constant(metadata.SerializeToString())
        else:
            serialized = metadata
        return g.write_summary(_writer(), _step(step), identity(tensor), tag, serialized, name=scope)

    return _written(name, tensor, write, family)


def graph(param: Any, step: Any = None, name: str | None = None) -> Operation:
    """Write a graph.

    Args:
        param: a serialized `GraphDef`, a tensor.
        step: the step; the global step if None.
        name: the name of the operation.

    Raises:
        TypeError: it is no tensor.
    """
    if isinstance(param, Tensor) and graph_writer.current_writer() is not None and step is None:
        with device("cpu:0"):
            step = get_or_create_global_step()
    return graph_writer.write_graph(param, step, name)


def eval_dir(model_dir: str, name: str | None = None) -> str:
    """The folder for summaries of an evaluation.

    Args:
        model_dir: the folder of the model.
        name: the name of the evaluation.
    """
    return os.path.join(model_dir, f"eval_{name}" if name else "eval")


def create_summary_file_writer(*args: Any, **kwargs: Any) -> graph_writer.SummaryWriter:
    """An older name of `create_file_writer`."""
    warn_once(
        "create_summary_file_writer", "tensorflow.python.ops.summary_ops_v2",
        "Renamed to create_file_writer().",
    )  # fmt: skip
    logging.warning("Deprecation Warning: create_summary_file_writer was renamed to create_file_writer")
    return graph_writer.create_file_writer(*args, **kwargs)
