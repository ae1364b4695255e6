"""ScalarSummary and HistogramSummary: numbers."""

import numpy as np

from perdure.formats.events.scalars import scalar_value
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.summaries import histogram_buckets

# -- shared by the family ------------------------------------------------------------------------


def text(item):
    """A string of a tensor as text."""
    return item.decode("utf-8", "surrogateescape") if isinstance(item, bytes) else str(item)


def scalar_tag(tag, what="tags", wanted="scalar"):
    """The tag of a summary that has one; the other arguments are words of the error."""
    tag = np.asarray(tag, object)
    if tag.ndim:
        raise invalid(f"{what} must be {wanted}")
    return text(tag.item())


def new_summary():
    """An empty `Summary`."""
    # Imported here, since protobuf takes longer to import than the ops of most graphs.
    from perdure.formats.messages import Summary

    return Summary()


def serialized(summary):
    """A `Summary` as the output of an op."""
    return np.array(summary.SerializeToString(), object)


# -- ScalarSummary -------------------------------------------------------------------------------

scalar_summary = op("ScalarSummary", host=True)


@scalar_summary.shape
def scalar_summary_shape():
    return ()


@scalar_summary.kernel
def scalar_summary_kernel(xp, tags, values):
    tags, values = np.asarray(tags, object), np.asarray(values)
    if tags.shape != values.shape:
        shapes = f"{format_shape(tags.shape)} != {format_shape(values.shape)}"
        which = f" (tag '{text(tags.ravel()[0])}')" if tags.size == 1 else ""
        raise invalid(f"tags and values not the same shape: {shapes}{which}")
    if values.dtype != np.float32:
        with np.errstate(over="ignore"):
            values = values.astype(np.float32)
    numbers = values.tobytes()
    named = [tag if isinstance(tag, bytes) else str(tag).encode() for tag in tags.ravel().tolist()]
    each = [scalar_value(tag, numbers[4 * i : 4 * i + 4]) for i, tag in enumerate(named)]
    return np.array(b"".join(each), object)


scalar_summary.not_differentiable("it makes a message")

# -- HistogramSummary ----------------------------------------------------------------------------

histogram_summary = op("HistogramSummary", host=True)


@histogram_summary.shape
def histogram_summary_shape():
    return ()


@histogram_summary.kernel
def histogram_summary_kernel(xp, tag, values, *, node_name):
    return np.array(histogram_summary_of(scalar_tag(tag), values, node_name), object)


def histogram_summary_of(tag, values, name):
    """The bytes of the summary of a histogram; `name` is that in errors."""
    values = np.asarray(values).ravel()
    if values.dtype.kind not in "biuf":
        values = values.astype(np.float32)  # bfloat16, which NumPy does not know by itself
    is_wrong = ~np.isfinite(values)
    if is_wrong.any():
        what = "Nan" if np.isnan(values[np.argmax(is_wrong)]) else "Infinity"
        raise invalid(f"{what} in summary histogram for: {name}")
    summary = new_summary()
    histogram_buckets.fill(summary.value.add(tag=tag).histo, values)
    return summary.SerializeToString()


histogram_summary.not_differentiable("it makes a message")
