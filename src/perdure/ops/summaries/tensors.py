"""TensorSummary: any tensor."""

import numpy as np

from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.summaries.values import new_summary, scalar_tag, serialized

# -- shared by the family ------------------------------------------------------------------------


def fill(proto, tensor):
    """Put a tensor into a `TensorProto`: strings one by one, all else as its bytes."""
    from perdure.graph.dtypes import as_dtype, string

    tensor = np.asarray(tensor)
    dtype = string if tensor.dtype.kind in "OSU" else as_dtype(tensor.dtype)
    proto.dtype = dtype.as_datatype_enum
    proto.tensor_shape.SetInParent()
    for size in tensor.shape:
        proto.tensor_shape.dim.add(size=size)
    if dtype is string:
        proto.string_val.extend(
            item if isinstance(item, bytes) else str(item).encode() for item in tensor.ravel().tolist()
        )
    else:
        proto.tensor_content = tensor.tobytes()


# -- TensorSummary -------------------------------------------------------------------------------

tensor_summary = op("TensorSummary", host=True)


@tensor_summary.shape
def tensor_summary_shape():
    return ()


@tensor_summary.kernel
def tensor_summary_kernel(xp, tensor, *, node_name):
    # TensorFlow's kernel knows nothing of `description`, `labels` and `display_name` either: they are read
    # from the node (`get_summary_description`).
    summary = new_summary()
    fill(summary.value.add(node_name=node_name).tensor, tensor)
    return serialized(summary)


tensor_summary.not_differentiable("it makes a message")

# -- TensorSummaryV2 -----------------------------------------------------------------------------

tensor_summary_v2 = op("TensorSummaryV2", host=True)


@tensor_summary_v2.shape
def tensor_summary_v2_shape():
    return ()


@tensor_summary_v2.kernel
def tensor_summary_v2_kernel(xp, tag, tensor, serialized_summary_metadata):
    metadata = np.asarray(serialized_summary_metadata, object)
    if metadata.size != 1:
        raise invalid("serialized_summary_metadata must be scalar")
    return np.array(tensor_summary_of(scalar_tag(tag, "tag"), tensor, metadata.item()), object)


def tensor_summary_of(tag, tensor, metadata):
    """The bytes of the summary of a tensor, with serialized metadata or None."""
    from perdure.formats.messages import fill_from

    summary = new_summary()
    value = summary.value.add(tag=tag)
    fill(value.tensor, tensor)
    if metadata is None:
        return summary.SerializeToString()
    value.metadata.SetInParent()  # also if there is nothing in it
    if not fill_from(value.metadata, metadata):
        raise invalid("serialized_summary_metadata is no SummaryMetadata")
    return summary.SerializeToString()


tensor_summary_v2.not_differentiable("it makes a message")
