# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib".

from perdure.tf.contrib import autograph as autograph
from perdure.tf.contrib import checkpoint as checkpoint
from perdure.tf.contrib import crf as crf
from perdure.tf.contrib import cudnn_rnn as cudnn_rnn
from perdure.tf.contrib import data as data
from perdure.tf.contrib import deprecated as deprecated
from perdure.tf.contrib import eager as eager
from perdure.tf.contrib import framework as framework
from perdure.tf.contrib import layers as layers
from perdure.tf.contrib import legacy_seq2seq as legacy_seq2seq
from perdure.tf.contrib import lookup as lookup
from perdure.tf.contrib import losses as losses
from perdure.tf.contrib import metrics as metrics
from perdure.tf.contrib import nn as nn
from perdure.tf.contrib import opt as opt
from perdure.tf.contrib import rnn as rnn
from perdure.tf.contrib import seq2seq as seq2seq
from perdure.tf.contrib import signal as signal
from perdure.tf.contrib import slim as slim
from perdure.tf.contrib import staging as staging
from perdure.tf.contrib import stateless as stateless
from perdure.tf.contrib import summary as summary
from perdure.tf.contrib import testing as testing
from perdure.tf.contrib import training as training
from perdure.tf.contrib import util as util
