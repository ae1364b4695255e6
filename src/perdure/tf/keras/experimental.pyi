# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.experimental".

from perdure.feature_column.sequence import SequenceFeatures as SequenceFeatures
from perdure.keras.layers.cells import PeepholeLSTMCell as PeepholeLSTMCell
from perdure.keras.optimizers.schedules import CosineDecay as CosineDecay
from perdure.keras.optimizers.schedules import CosineDecayRestarts as CosineDecayRestarts
from perdure.keras.optimizers.schedules import LinearCosineDecay as LinearCosineDecay
from perdure.keras.optimizers.schedules import NoisyLinearCosineDecay as NoisyLinearCosineDecay
