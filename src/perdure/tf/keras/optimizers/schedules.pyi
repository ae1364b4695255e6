# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.optimizers.schedules".

from perdure.keras.optimizers.schedules import ExponentialDecay as ExponentialDecay
from perdure.keras.optimizers.schedules import InverseTimeDecay as InverseTimeDecay
from perdure.keras.optimizers.schedules import LearningRateSchedule as LearningRateSchedule
from perdure.keras.optimizers.schedules import PiecewiseConstantDecay as PiecewiseConstantDecay
from perdure.keras.optimizers.schedules import PolynomialDecay as PolynomialDecay
from perdure.keras.optimizers.schedules import deserialize as deserialize
from perdure.keras.optimizers.schedules import serialize as serialize
