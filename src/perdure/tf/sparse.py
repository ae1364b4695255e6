"""tf.sparse: tensors that are mostly zeros."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.array.array": "placeholder=sparse_placeholder",
        "functional.array.gathering": "mask=sparse_mask",
        "functional.math.segments": (
            "segment_mean=sparse_segment_mean segment_sqrt_n=sparse_segment_sqrt_n "
            "segment_sum=sparse_segment_sum"
        ),
        "functional.sparse.combining": (
            "add=sparse_add maximum=sparse_maximum minimum=sparse_minimum softmax=sparse_softmax"
        ),
        "functional.sparse.crossing": "cross=sparse_cross cross_hashed=sparse_cross_hashed",
        "functional.sparse.merging": "merge=sparse_merge reorder=sparse_reorder transpose=sparse_transpose",
        "functional.sparse.reducing": (
            "reduce_max=sparse_reduce_max reduce_max_sparse=sparse_reduce_max_sparse "
            "reduce_sum=sparse_reduce_sum reduce_sum_sparse=sparse_reduce_sum_sparse"
        ),
        "functional.sparse.reshaping": (
            "expand_dims=sparse_expand_dims fill_empty_rows=sparse_fill_empty_rows "
            "reset_shape=sparse_reset_shape reshape=sparse_reshape retain=sparse_retain"
        ),
        "functional.sparse.slicing": "concat=sparse_concat slice=sparse_slice split=sparse_split",
        "functional.sparse.sparse": (
            "eye=sparse_eye from_dense matmul=sparse_tensor_dense_matmul "
            "sparse_dense_matmul=sparse_tensor_dense_matmul to_dense=sparse_tensor_to_dense "
            "to_indicator=sparse_to_indicator"
        ),
        "graph.composite": "SparseTensor",
        "queues.accumulators": "SparseConditionalAccumulator",
    },
)
