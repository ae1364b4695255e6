# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.losses".

from perdure.contrib.losses.losses import absolute_difference as absolute_difference
from perdure.contrib.losses.losses import cosine_distance as cosine_distance
from perdure.contrib.losses.losses import hinge_loss as hinge_loss
from perdure.contrib.losses.losses import log_loss as log_loss
from perdure.contrib.losses.losses import mean_pairwise_squared_error as mean_pairwise_squared_error
from perdure.contrib.losses.losses import mean_squared_error as mean_squared_error
from perdure.contrib.losses.losses import sigmoid_cross_entropy as sigmoid_cross_entropy
from perdure.contrib.losses.losses import softmax_cross_entropy as softmax_cross_entropy
from perdure.contrib.losses.losses import sparse_softmax_cross_entropy as sparse_softmax_cross_entropy
from perdure.contrib.losses.weighting import add_loss as add_loss
from perdure.contrib.losses.weighting import compute_weighted_loss as compute_weighted_loss
from perdure.contrib.losses.weighting import get_total_loss as get_total_loss
from perdure.losses.collection import get_losses as get_losses
from perdure.losses.collection import get_regularization_losses as get_regularization_losses
