"""tf.nn: neural network operations."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.nn.candidate_sampling": (
            "all_candidate_sampler compute_accidental_hits fixed_unigram_candidate_sampler "
            "learned_unigram_candidate_sampler log_uniform_candidate_sampler nce_loss "
            "sampled_softmax_loss uniform_candidate_sampler"
        ),
        "functional.nn.embedding": ("embedding_lookup embedding_lookup_sparse safe_embedding_lookup_sparse"),
        "functional.math.unary": "sigmoid tanh",
        "functional.math.counting": "zero_fraction",
        "functional.nn.dropout": "dropout",
        "functional.nn.top_k": "in_top_k top_k",
        "functional.nn.normalization": (
            "batch_norm_with_global_normalization batch_normalization fused_batch_norm l2_loss "
            "l2_normalize local_response_normalization lrn moments normalize_moments "
            "sufficient_statistics weighted_moments"
        ),
        "functional.nn.activations": (
            "bias_add crelu elu leaky_relu log_softmax relu relu6 relu_layer selu softmax softplus "
            "softsign swish xw_plus_b"
        ),
        "functional.nn.conv": (
            "atrous_conv2d atrous_conv2d_transpose conv1d conv1d_transpose conv2d "
            "conv2d_backprop_filter conv2d_backprop_input conv2d_transpose conv_transpose convolution"
        ),
        "functional.nn.conv3d": (
            "conv3d conv3d_backprop_filter conv3d_backprop_filter_v2=conv3d_backprop_filter conv3d_transpose"
        ),
        "functional.nn.ctc_decoding": (
            "ctc_beam_search_decoder ctc_beam_search_decoder_v2 ctc_greedy_decoder"
        ),
        "functional.nn.ctc_loss": "ctc_loss",
        "functional.nn.depthwise_conv": (
            "depthwise_conv2d "
            "depthwise_conv2d_backprop_filter=depthwise_conv2d_native_backprop_filter "
            "depthwise_conv2d_backprop_input=depthwise_conv2d_native_backprop_input "
            "depthwise_conv2d_native depthwise_conv2d_native_backprop_filter "
            "depthwise_conv2d_native_backprop_input separable_conv2d"
        ),
        "functional.nn.losses": (
            "log_poisson_loss sigmoid_cross_entropy_with_logits softmax_cross_entropy_with_logits "
            "softmax_cross_entropy_with_logits_v2 sparse_softmax_cross_entropy_with_logits "
            "weighted_cross_entropy_with_logits"
        ),
        "functional.nn.pooling": (
            "avg_pool avg_pool1d avg_pool2d=avg_pool avg_pool3d avg_pool_v2 max_pool max_pool1d "
            "max_pool2d max_pool3d max_pool_v2 max_pool_with_argmax pool"
        ),
        "functional.nn.space_to_batch": "with_space_to_batch",
        "functional.array.space_to_batch": "depth_to_space space_to_batch space_to_depth",
        "rnn.ctc": "collapse_repeated ctc_loss_v2 ctc_unique_labels",
        "rnn.dynamic": "bidirectional_dynamic_rnn dynamic_rnn",
        "rnn.raw": "raw_rnn",
        "rnn.static": "static_bidirectional_rnn static_rnn static_state_saving_rnn",
    },
    "rnn_cell",
)
