"""tf.debugging: assertions."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.array.array": "assert_all_finite=verify_tensor_all_finite check_numerics",
        "functional.control.check_ops": (
            "assert_equal assert_greater assert_greater_equal assert_integer assert_less "
            "assert_less_equal assert_near assert_negative assert_non_negative "
            "assert_non_positive assert_none_equal assert_positive assert_proper_iterable "
            "assert_rank assert_rank_at_least assert_rank_in assert_same_float_dtype "
            "assert_scalar assert_type is_non_decreasing is_numeric_tensor is_strictly_increasing"
        ),
        "functional.control.check_shapes": "assert_shapes",
        "functional.control.assertions": "Assert",
        "functional.math.unary": "is_finite is_inf is_nan",
        "session.settings": "get_log_device_placement set_log_device_placement",
    },
)
