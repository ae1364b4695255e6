# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.train.experimental".

from perdure.optimizers.loss_scales import DynamicLossScale as DynamicLossScale
from perdure.optimizers.loss_scales import FixedLossScale as FixedLossScale
from perdure.optimizers.loss_scales import LossScale as LossScale
from perdure.optimizers.loss_scales import MixedPrecisionLossScaleOptimizer as MixedPrecisionLossScaleOptimizer
from perdure.optimizers.loss_scales import disable_mixed_precision_graph_rewrite as disable_mixed_precision_graph_rewrite
from perdure.optimizers.loss_scales import enable_mixed_precision_graph_rewrite as enable_mixed_precision_graph_rewrite
