# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.metrics".

from perdure.metrics.counts import false_negatives as false_negatives
from perdure.metrics.counts import false_positives as false_positives
from perdure.metrics.counts import precision as precision
from perdure.metrics.counts import recall as recall
from perdure.metrics.counts import true_negatives as true_negatives
from perdure.metrics.counts import true_positives as true_positives
from perdure.metrics.means import accuracy as accuracy
from perdure.metrics.means import mean as mean
from perdure.metrics.means import mean_absolute_error as mean_absolute_error
from perdure.metrics.means import mean_cosine_distance as mean_cosine_distance
from perdure.metrics.means import mean_iou as mean_iou
from perdure.metrics.means import mean_per_class_accuracy as mean_per_class_accuracy
from perdure.metrics.means import mean_relative_error as mean_relative_error
from perdure.metrics.means import mean_squared_error as mean_squared_error
from perdure.metrics.means import mean_tensor as mean_tensor
from perdure.metrics.means import percentage_below as percentage_below
from perdure.metrics.means import root_mean_squared_error as root_mean_squared_error
from perdure.metrics.thresholds import auc as auc
from perdure.metrics.thresholds import false_negatives_at_thresholds as false_negatives_at_thresholds
from perdure.metrics.thresholds import false_positives_at_thresholds as false_positives_at_thresholds
from perdure.metrics.thresholds import precision_at_thresholds as precision_at_thresholds
from perdure.metrics.thresholds import recall_at_thresholds as recall_at_thresholds
from perdure.metrics.thresholds import sensitivity_at_specificity as sensitivity_at_specificity
from perdure.metrics.thresholds import specificity_at_sensitivity as specificity_at_sensitivity
from perdure.metrics.thresholds import true_negatives_at_thresholds as true_negatives_at_thresholds
from perdure.metrics.thresholds import true_positives_at_thresholds as true_positives_at_thresholds
