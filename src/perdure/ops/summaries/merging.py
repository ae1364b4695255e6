"""MergeSummary: the values of several summaries in one."""

import numpy as np

from perdure.formats.events.scalars import scalar_tags
from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.summaries.values import new_summary

merge_summary = op("MergeSummary", host=True)


@merge_summary.shape
def merge_summary_shape():
    return ()


@merge_summary.kernel
def merge_summary_kernel(xp, inputs):
    merged, seen = [], set()
    for each in inputs:
        for item in np.asarray(each, object).ravel().tolist():
            tags, summary = read(item if isinstance(item, bytes) else str(item).encode())
            for tag in tags:
                # What has no tag may be there more than once.
                if tag and tag in seen:
                    raise invalid(f"Duplicate tag {tag} found in summary inputs")
                seen.add(tag)
            merged.append(summary)
    return np.array(b"".join(merged), object)


def read(summary):
    """The tags of a serialized summary, and that as protobuf writes it."""
    tags = scalar_tags(summary)
    if tags is not None:
        return tags, summary
    # Imported here as in the module of values.
    from perdure.formats.messages import fill_from

    found = new_summary()
    if not fill_from(found, summary):
        raise invalid("Could not parse one of the summary inputs")
    return [value.tag for value in found.value], found.SerializeToString()


merge_summary.not_differentiable("it makes a message")
