"""MergeSummary: the values of several summaries in one."""

import numpy as np

from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.summaries.values import new_summary, serialized

merge_summary = op("MergeSummary", host=True)


@merge_summary.shape
def merge_summary_shape():
    return ()


@merge_summary.kernel
def merge_summary_kernel(xp, inputs):
    # Imported here as in the module of values.
    from perdure.formats.messages import fill_from

    merged = new_summary()
    tags = set()
    for each in inputs:
        for item in np.asarray(each, object).ravel().tolist():
            summary = new_summary()
            if not fill_from(summary, item if isinstance(item, bytes) else str(item).encode()):
                raise invalid("Could not parse one of the summary inputs")
            for value in summary.value:
                # What has no tag may be there more than once.
                if value.tag and value.tag in tags:
                    raise invalid(f"Duplicate tag {value.tag} found in summary inputs")
                tags.add(value.tag)
            merged.value.extend(summary.value)
    return serialized(merged)


merge_summary.not_differentiable("it makes a message")
