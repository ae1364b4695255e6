"""tf.math: arithmetic, element by element and in reductions."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.control.check_ops": "is_non_decreasing is_strictly_increasing",
        "functional.math.counting": "confusion_matrix",
        "functional.math.math": (
            "abs accumulate_n acos acosh add add_n angle asin asinh atan atan2 atanh bessel_i0 "
            "bessel_i0e bessel_i1 bessel_i1e betainc ceil conj cos cosh digamma divide "
            "divide_no_nan equal erf erfc exp expm1 floor floordiv floormod greater greater_equal "
            "igamma igammac imag is_finite is_inf is_nan lbeta less less_equal lgamma log log1p "
            "log_sigmoid logical_and logical_not logical_or logical_xor maximum minimum mod "
            "multiply multiply_no_nan negative nextafter not_equal polygamma polyval pow real "
            "reciprocal reciprocal_no_nan rint round rsqrt scalar_mul sigmoid sign sin sinh sqrt "
            "square squared_difference subtract tan tanh truediv xdivy xlogy zeta"
        ),
        "functional.nn.nn": (
            "in_top_k l2_normalize log_softmax softmax softplus softsign top_k zero_fraction"
        ),
        "functional.array.rearranging": "invert_permutation",
        "functional.math.reductions": (
            "argmax argmin count_nonzero cumprod cumsum cumulative_logsumexp reduce_all "
            "reduce_any reduce_euclidean_norm reduce_logsumexp reduce_max reduce_mean reduce_min "
            "reduce_prod reduce_std reduce_sum reduce_variance"
        ),
        "functional.math.segments": (
            "bincount segment_max segment_mean segment_min segment_prod segment_sum "
            "unsorted_segment_max unsorted_segment_mean unsorted_segment_min "
            "unsorted_segment_prod unsorted_segment_sqrt_n unsorted_segment_sum"
        ),
    },
)
