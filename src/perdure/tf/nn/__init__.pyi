# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.nn".

from typing import Any as _Any

from perdure.functional.array.space_to_batch import depth_to_space as depth_to_space
from perdure.functional.array.space_to_batch import space_to_batch as space_to_batch
from perdure.functional.array.space_to_batch import space_to_depth as space_to_depth
from perdure.functional.math.counting import zero_fraction as zero_fraction
from perdure.functional.math.unary import sigmoid as sigmoid
from perdure.functional.nn.activations import bias_add as bias_add
from perdure.functional.nn.activations import crelu as crelu
from perdure.functional.nn.activations import leaky_relu as leaky_relu
from perdure.functional.nn.activations import log_softmax as log_softmax
from perdure.functional.nn.activations import relu6 as relu6
from perdure.functional.nn.activations import relu_layer as relu_layer
from perdure.functional.nn.activations import softmax as softmax
from perdure.functional.nn.activations import swish as swish
from perdure.functional.nn.activations import xw_plus_b as xw_plus_b
from perdure.functional.nn.candidate_sampling import all_candidate_sampler as all_candidate_sampler
from perdure.functional.nn.candidate_sampling import compute_accidental_hits as compute_accidental_hits
from perdure.functional.nn.candidate_sampling import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from perdure.functional.nn.candidate_sampling import learned_unigram_candidate_sampler as learned_unigram_candidate_sampler
from perdure.functional.nn.candidate_sampling import log_uniform_candidate_sampler as log_uniform_candidate_sampler
from perdure.functional.nn.candidate_sampling import nce_loss as nce_loss
from perdure.functional.nn.candidate_sampling import sampled_softmax_loss as sampled_softmax_loss
from perdure.functional.nn.candidate_sampling import uniform_candidate_sampler as uniform_candidate_sampler
from perdure.functional.nn.conv import atrous_conv2d as atrous_conv2d
from perdure.functional.nn.conv import atrous_conv2d_transpose as atrous_conv2d_transpose
from perdure.functional.nn.conv import conv1d as conv1d
from perdure.functional.nn.conv import conv1d_transpose as conv1d_transpose
from perdure.functional.nn.conv import conv2d as conv2d
from perdure.functional.nn.conv import conv2d_backprop_filter as conv2d_backprop_filter
from perdure.functional.nn.conv import conv2d_backprop_input as conv2d_backprop_input
from perdure.functional.nn.conv import conv2d_transpose as conv2d_transpose
from perdure.functional.nn.conv import conv_transpose as conv_transpose
from perdure.functional.nn.conv import convolution as convolution
from perdure.functional.nn.conv3d import conv3d as conv3d
from perdure.functional.nn.conv3d import conv3d_backprop_filter as conv3d_backprop_filter
from perdure.functional.nn.conv3d import conv3d_transpose as conv3d_transpose
from perdure.functional.nn.ctc_decoding import ctc_beam_search_decoder as ctc_beam_search_decoder
from perdure.functional.nn.ctc_decoding import ctc_beam_search_decoder_v2 as ctc_beam_search_decoder_v2
from perdure.functional.nn.ctc_decoding import ctc_greedy_decoder as ctc_greedy_decoder
from perdure.functional.nn.ctc_loss import ctc_loss as ctc_loss
from perdure.functional.nn.depthwise_conv import depthwise_conv2d as depthwise_conv2d
from perdure.functional.nn.depthwise_conv import depthwise_conv2d_native as depthwise_conv2d_native
from perdure.functional.nn.depthwise_conv import depthwise_conv2d_native_backprop_filter as depthwise_conv2d_native_backprop_filter
from perdure.functional.nn.depthwise_conv import depthwise_conv2d_native_backprop_input as depthwise_conv2d_native_backprop_input
from perdure.functional.nn.depthwise_conv import separable_conv2d as separable_conv2d
from perdure.functional.nn.dropout import dropout as dropout
from perdure.functional.nn.embedding import embedding_lookup as embedding_lookup
from perdure.functional.nn.embedding import embedding_lookup_sparse as embedding_lookup_sparse
from perdure.functional.nn.embedding import safe_embedding_lookup_sparse as safe_embedding_lookup_sparse
from perdure.functional.nn.losses import log_poisson_loss as log_poisson_loss
from perdure.functional.nn.losses import sigmoid_cross_entropy_with_logits as sigmoid_cross_entropy_with_logits
from perdure.functional.nn.losses import softmax_cross_entropy_with_logits as softmax_cross_entropy_with_logits
from perdure.functional.nn.losses import softmax_cross_entropy_with_logits_v2 as softmax_cross_entropy_with_logits_v2
from perdure.functional.nn.losses import sparse_softmax_cross_entropy_with_logits as sparse_softmax_cross_entropy_with_logits
from perdure.functional.nn.losses import weighted_cross_entropy_with_logits as weighted_cross_entropy_with_logits
from perdure.functional.nn.normalization import batch_norm_with_global_normalization as batch_norm_with_global_normalization
from perdure.functional.nn.normalization import batch_normalization as batch_normalization
from perdure.functional.nn.normalization import fused_batch_norm as fused_batch_norm
from perdure.functional.nn.normalization import l2_normalize as l2_normalize
from perdure.functional.nn.normalization import local_response_normalization as local_response_normalization
from perdure.functional.nn.normalization import lrn as lrn
from perdure.functional.nn.normalization import moments as moments
from perdure.functional.nn.normalization import normalize_moments as normalize_moments
from perdure.functional.nn.normalization import sufficient_statistics as sufficient_statistics
from perdure.functional.nn.normalization import weighted_moments as weighted_moments
from perdure.functional.nn.pooling import avg_pool as avg_pool
from perdure.functional.nn.pooling import avg_pool1d as avg_pool1d
from perdure.functional.nn.pooling import avg_pool3d as avg_pool3d
from perdure.functional.nn.pooling import avg_pool_v2 as avg_pool_v2
from perdure.functional.nn.pooling import max_pool as max_pool
from perdure.functional.nn.pooling import max_pool1d as max_pool1d
from perdure.functional.nn.pooling import max_pool2d as max_pool2d
from perdure.functional.nn.pooling import max_pool3d as max_pool3d
from perdure.functional.nn.pooling import max_pool_v2 as max_pool_v2
from perdure.functional.nn.pooling import max_pool_with_argmax as max_pool_with_argmax
from perdure.functional.nn.pooling import pool as pool
from perdure.functional.nn.space_to_batch import with_space_to_batch as with_space_to_batch
from perdure.functional.nn.top_k import in_top_k as in_top_k
from perdure.functional.nn.top_k import top_k as top_k
from perdure.rnn.ctc import collapse_repeated as collapse_repeated
from perdure.rnn.ctc import ctc_loss_v2 as ctc_loss_v2
from perdure.rnn.ctc import ctc_unique_labels as ctc_unique_labels
from perdure.rnn.dynamic import bidirectional_dynamic_rnn as bidirectional_dynamic_rnn
from perdure.rnn.dynamic import dynamic_rnn as dynamic_rnn
from perdure.rnn.raw import raw_rnn as raw_rnn
from perdure.rnn.static import static_bidirectional_rnn as static_bidirectional_rnn
from perdure.rnn.static import static_rnn as static_rnn
from perdure.rnn.static import static_state_saving_rnn as static_state_saving_rnn
from perdure.tf.nn import rnn_cell as rnn_cell
import perdure.functional.nn.conv3d
import perdure.functional.nn.depthwise_conv
import perdure.functional.nn.pooling
avg_pool2d = perdure.functional.nn.pooling.avg_pool
conv3d_backprop_filter_v2 = perdure.functional.nn.conv3d.conv3d_backprop_filter
depthwise_conv2d_backprop_filter = perdure.functional.nn.depthwise_conv.depthwise_conv2d_native_backprop_filter
depthwise_conv2d_backprop_input = perdure.functional.nn.depthwise_conv.depthwise_conv2d_native_backprop_input
def elu(features: _Any, name: _Any = None) -> _Any: ...
def l2_loss(t: _Any, name: _Any = None) -> _Any: ...
def relu(features: _Any, name: _Any = None) -> _Any: ...
def selu(features: _Any, name: _Any = None) -> _Any: ...
def softplus(features: _Any, name: _Any = None) -> _Any: ...
def softsign(features: _Any, name: _Any = None) -> _Any: ...
def tanh(x: _Any, name: _Any = None) -> _Any: ...
