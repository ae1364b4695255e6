# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.sparse".

from perdure.graph.composite import SparseTensor as SparseTensor
from perdure.queues.accumulators import SparseConditionalAccumulator as SparseConditionalAccumulator
import perdure.functional.array.array
import perdure.functional.array.gathering
import perdure.functional.math.segments
import perdure.functional.sparse.merging
import perdure.functional.sparse.reshaping
fill_empty_rows = perdure.functional.sparse.reshaping.sparse_fill_empty_rows
mask = perdure.functional.array.gathering.sparse_mask
merge = perdure.functional.sparse.merging.sparse_merge
placeholder = perdure.functional.array.array.sparse_placeholder
reorder = perdure.functional.sparse.merging.sparse_reorder
reshape = perdure.functional.sparse.reshaping.sparse_reshape
retain = perdure.functional.sparse.reshaping.sparse_retain
segment_mean = perdure.functional.math.segments.sparse_segment_mean
segment_sqrt_n = perdure.functional.math.segments.sparse_segment_sqrt_n
segment_sum = perdure.functional.math.segments.sparse_segment_sum
