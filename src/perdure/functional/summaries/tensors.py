"""tf.summary.tensor_summary and text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.summaries.tags import collect, summary_scope
from perdure.graph.builder import g
from perdure.graph.dtypes import string
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor


def tensor_summary(
    name: str | None,
    tensor: Any,
    summary_description: str | None = None,
    collections: Sequence[str] | None = None,
    summary_metadata: Any = None,
    family: str | None = None,
    display_name: str | None = None,
) -> Tensor:
    """A summary of a tensor of any kind.

    Args:
        name: the name of the node, and the tag.
        tensor: the tensor.
        summary_description: what the summary is about, in Markdown.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.
        summary_metadata: a `SummaryMetadata` that says which plugin shows it; the two texts are put into it.
        family: what the tag begins with.
        display_name: what TensorBoard is to call it instead of the tag.

    Returns:
        A string, a serialized `Summary`.
    """
    if summary_metadata is None:
        from perdure.formats.messages import SummaryMetadata

        summary_metadata = SummaryMetadata()
    if summary_description is not None:
        summary_metadata.summary_description = summary_description
    if display_name is not None:
        summary_metadata.display_name = display_name
    metadata = summary_metadata.SerializeToString()
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        made = g.tensor_summary_v2(tensor=tensor, tag=tag, name=scope, serialized_summary_metadata=metadata)
        collect(made, collections, [GraphKeys.SUMMARIES])
    return made


def text(name: str | None, tensor: Any, collections: Sequence[str] | None = None) -> Tensor:
    """A summary of text, which TensorBoard shows as Markdown; of a matrix as a table.

    Args:
        name: the name of the node, and the tag.
        tensor: a tensor of strings.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.

    Returns:
        A string, a serialized `Summary`.

    Raises:
        ValueError: it is a tensor of another type.
    """
    from perdure.formats.messages import SummaryMetadata

    if tensor.dtype != string:
        raise ValueError(f"Expected tensor {tensor.name} to have dtype string, got {tensor.dtype}")
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
    return tensor_summary(name=name, tensor=tensor, summary_metadata=metadata, collections=collections)


def get_summary_description(node_def: Any) -> Any:
    """The `SummaryDescription` that a node of type TensorSummary has as JSON in its attribute `description`.

    Args:
        node_def: its `NodeDef`.

    Raises:
        ValueError: the node has another type.
        ParseError: the attribute is no such JSON.
    """
    from perdure.formats import messages

    if node_def.op != "TensorSummary":
        raise ValueError(f"Can't get_summary_description on {node_def.op}")
    return messages.from_json(messages.SummaryDescription(), node_def.attr["description"].s)
