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
        "functional.sparse.merging": "merge=sparse_merge reorder=sparse_reorder",
        "functional.sparse.reshaping": (
            "fill_empty_rows=sparse_fill_empty_rows reshape=sparse_reshape retain=sparse_retain"
        ),
        "graph.composite": "SparseTensor",
        "queues.accumulators": "SparseConditionalAccumulator",
    },
)
