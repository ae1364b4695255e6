# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.training".

from perdure.contrib.training.bucketing import bucket as bucket
from perdure.contrib.training.bucketing import bucket_by_sequence_length as bucket_by_sequence_length
from perdure.contrib.training.device_setter import GreedyLoadBalancingStrategy as GreedyLoadBalancingStrategy
from perdure.contrib.training.device_setter import RandomStrategy as RandomStrategy
from perdure.contrib.training.device_setter import byte_size_load_fn as byte_size_load_fn
from perdure.contrib.training.evaluation import SummaryAtEndHook as SummaryAtEndHook
from perdure.contrib.training.evaluation import evaluate_repeatedly as evaluate_repeatedly
from perdure.contrib.training.hparam import HParams as HParams
from perdure.contrib.training.hparam import parse_values as parse_values
from perdure.contrib.training.resampling import resample_at_rate as resample_at_rate
from perdure.contrib.training.resampling import weighted_resample as weighted_resample
from perdure.contrib.training.training import add_gradients_summaries as add_gradients_summaries
from perdure.contrib.training.training import clip_gradient_norms as clip_gradient_norms
from perdure.contrib.training.training import clip_gradient_norms_fn as clip_gradient_norms_fn
from perdure.contrib.training.training import create_train_op as create_train_op
from perdure.contrib.training.training import multiply_gradients as multiply_gradients
from perdure.contrib.training.training import train as train
from perdure.training.evaluation import StopAfterNEvalsHook as StopAfterNEvalsHook
from perdure.training.evaluation import evaluate_once as evaluate_once
from perdure.training.evaluation import get_or_create_eval_step as get_or_create_eval_step
from perdure.training.saving.waiting import checkpoints_iterator as checkpoints_iterator
from perdure.training.saving.waiting import wait_for_new_checkpoint as wait_for_new_checkpoint
