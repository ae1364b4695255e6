"""tf.keras.backend."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "graph.defaults": "name_scope",
        "keras.backend.arrays": (
            "arange batch_flatten concatenate expand_dims flatten foldl foldr gradients "
            "in_test_phase in_train_phase map_fn one_hot permute_dimensions print_tensor repeat "
            "repeat_elements reshape resize_volumes reverse spatial_2d_padding spatial_3d_padding "
            "squeeze stack stop_gradient switch temporal_padding tile"
        ),
        "keras.backend.conv": (
            "bias_add conv1d conv2d conv2d_transpose conv3d local_conv1d local_conv2d pool2d "
            "pool3d separable_conv2d"
        ),
        "keras.backend.ctc": "ctc_batch_cost ctc_decode ctc_label_dense_to_sparse",
        "keras.backend.function": "function",
        "keras.backend.images": "resize_images",
        "keras.backend.math": (
            "abs all any argmax argmin batch_dot cast cast_to_floatx clip cos cumprod cumsum dot "
            "equal exp gather greater greater_equal less less_equal log max maximum mean min "
            "minimum moving_average_update not_equal pow prod round sign sin sqrt square std sum "
            "transpose update update_add update_sub var"
        ),
        "keras.backend.nn": (
            "batch_normalization binary_crossentropy categorical_crossentropy dropout elu "
            "hard_sigmoid in_top_k l2_normalize normalize_batch_in_training relu sigmoid softmax "
            "softplus softsign sparse_categorical_crossentropy tanh"
        ),
        "keras.backend.random": "random_binomial random_normal random_uniform truncated_normal",
        "keras.backend.rnn": "rnn",
        "keras.backend.shapes": (
            "constant count_params eval eye int_shape ndim ones ones_like placeholder "
            "random_normal_variable random_uniform_variable shape to_dense zeros zeros_like"
        ),
        "keras.backend.state": (
            "backend batch_get_value batch_set_value clear_session dtype get_session get_uid "
            "get_value is_sparse learning_phase learning_phase_scope "
            "manual_variable_initialization reset_uids set_learning_phase set_session set_value "
            "variable"
        ),
        "keras.config": "epsilon floatx image_data_format set_epsilon set_floatx set_image_data_format",
    },
)
