"""tf.math: arithmetic, element by element and in reductions."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.control.check_ops": "is_non_decreasing is_strictly_increasing",
        "functional.math.counting": "confusion_matrix zero_fraction",
        "functional.math.binary": (
            "add atan2 divide divide_no_nan equal floordiv floormod greater greater_equal less "
            "less_equal logical_and logical_or logical_xor maximum minimum mod multiply "
            "multiply_no_nan nextafter not_equal pow reciprocal_no_nan scalar_mul squared_difference "
            "subtract truediv xdivy xlogy"
        ),
        "functional.math.products": "accumulate_n add_n",
        "functional.math.special": "betainc igamma igammac lbeta polygamma polyval zeta",
        "functional.math.complex": "angle conj imag real",
        "functional.math.unary": (
            "abs acos acosh asin asinh atan atanh bessel_i0 bessel_i0e bessel_i1 bessel_i1e ceil cos "
            "cosh digamma erf erfc exp expm1 floor is_finite is_inf is_nan lgamma log log1p "
            "log_sigmoid logical_not negative reciprocal rint round rsqrt sigmoid sign sin sinh sqrt "
            "square tan tanh"
        ),
        "functional.nn.top_k": "in_top_k top_k",
        "functional.nn.normalization": "l2_normalize",
        "functional.nn.activations": "log_softmax softmax softplus softsign",
        "functional.array.rearranging": "invert_permutation",
        "functional.math.reductions": (
            "argmax argmin count_nonzero reduce_all reduce_any reduce_euclidean_norm reduce_logsumexp "
            "reduce_max reduce_mean reduce_min reduce_prod reduce_std reduce_sum reduce_variance"
        ),
        "functional.math.scans": "cumprod cumsum cumulative_logsumexp",
        "functional.math.segments": (
            "bincount segment_max segment_mean segment_min segment_prod segment_sum "
            "unsorted_segment_max unsorted_segment_mean unsorted_segment_min unsorted_segment_prod "
            "unsorted_segment_sqrt_n unsorted_segment_sum"
        ),
    },
)
