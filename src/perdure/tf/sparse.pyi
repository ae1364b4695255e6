# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.sparse".

from perdure.functional.sparse.sparse import from_dense as from_dense
from perdure.graph.composite import SparseTensor as SparseTensor
from perdure.queues.accumulators import SparseConditionalAccumulator as SparseConditionalAccumulator
import perdure.functional.array.array
import perdure.functional.array.gathering
import perdure.functional.math.segments
import perdure.functional.sparse.combining
import perdure.functional.sparse.crossing
import perdure.functional.sparse.merging
import perdure.functional.sparse.reducing
import perdure.functional.sparse.reshaping
import perdure.functional.sparse.slicing
import perdure.functional.sparse.sparse
add = perdure.functional.sparse.combining.sparse_add
concat = perdure.functional.sparse.slicing.sparse_concat
cross = perdure.functional.sparse.crossing.sparse_cross
cross_hashed = perdure.functional.sparse.crossing.sparse_cross_hashed
expand_dims = perdure.functional.sparse.reshaping.sparse_expand_dims
eye = perdure.functional.sparse.sparse.sparse_eye
fill_empty_rows = perdure.functional.sparse.reshaping.sparse_fill_empty_rows
mask = perdure.functional.array.gathering.sparse_mask
matmul = perdure.functional.sparse.sparse.sparse_tensor_dense_matmul
maximum = perdure.functional.sparse.combining.sparse_maximum
merge = perdure.functional.sparse.merging.sparse_merge
minimum = perdure.functional.sparse.combining.sparse_minimum
placeholder = perdure.functional.array.array.sparse_placeholder
reduce_max = perdure.functional.sparse.reducing.sparse_reduce_max
reduce_max_sparse = perdure.functional.sparse.reducing.sparse_reduce_max_sparse
reduce_sum = perdure.functional.sparse.reducing.sparse_reduce_sum
reduce_sum_sparse = perdure.functional.sparse.reducing.sparse_reduce_sum_sparse
reorder = perdure.functional.sparse.merging.sparse_reorder
reset_shape = perdure.functional.sparse.reshaping.sparse_reset_shape
reshape = perdure.functional.sparse.reshaping.sparse_reshape
retain = perdure.functional.sparse.reshaping.sparse_retain
segment_mean = perdure.functional.math.segments.sparse_segment_mean
segment_sqrt_n = perdure.functional.math.segments.sparse_segment_sqrt_n
segment_sum = perdure.functional.math.segments.sparse_segment_sum
slice = perdure.functional.sparse.slicing.sparse_slice
softmax = perdure.functional.sparse.combining.sparse_softmax
sparse_dense_matmul = perdure.functional.sparse.sparse.sparse_tensor_dense_matmul
split = perdure.functional.sparse.slicing.sparse_split
to_dense = perdure.functional.sparse.sparse.sparse_tensor_to_dense
to_indicator = perdure.functional.sparse.sparse.sparse_to_indicator
transpose = perdure.functional.sparse.merging.sparse_transpose
