# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.crf".

from perdure.contrib.crf.decoding import CrfDecodeBackwardRnnCell as CrfDecodeBackwardRnnCell
from perdure.contrib.crf.decoding import CrfDecodeForwardRnnCell as CrfDecodeForwardRnnCell
from perdure.contrib.crf.decoding import crf_decode as crf_decode
from perdure.contrib.crf.decoding import viterbi_decode as viterbi_decode
from perdure.contrib.crf.scores import CrfForwardRnnCell as CrfForwardRnnCell
from perdure.contrib.crf.scores import crf_binary_score as crf_binary_score
from perdure.contrib.crf.scores import crf_log_likelihood as crf_log_likelihood
from perdure.contrib.crf.scores import crf_log_norm as crf_log_norm
from perdure.contrib.crf.scores import crf_multitag_sequence_score as crf_multitag_sequence_score
from perdure.contrib.crf.scores import crf_sequence_score as crf_sequence_score
from perdure.contrib.crf.scores import crf_unary_score as crf_unary_score
