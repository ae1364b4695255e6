# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.constraints".

from perdure.keras.constraints import Constraint as Constraint
from perdure.keras.constraints import MaxNorm as MaxNorm
from perdure.keras.constraints import MinMaxNorm as MinMaxNorm
from perdure.keras.constraints import NonNeg as NonNeg
from perdure.keras.constraints import RadialConstraint as RadialConstraint
from perdure.keras.constraints import UnitNorm as UnitNorm
from perdure.keras.constraints import deserialize as deserialize
from perdure.keras.constraints import get as get
from perdure.keras.constraints import serialize as serialize
import perdure.keras.constraints
max_norm = perdure.keras.constraints.MaxNorm
min_max_norm = perdure.keras.constraints.MinMaxNorm
non_neg = perdure.keras.constraints.NonNeg
radial_constraint = perdure.keras.constraints.RadialConstraint
unit_norm = perdure.keras.constraints.UnitNorm
