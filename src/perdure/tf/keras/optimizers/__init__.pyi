# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.optimizers".

from perdure.keras.optimizers.adam import Adam as Adam
from perdure.keras.optimizers.adam import Adamax as Adamax
from perdure.keras.optimizers.adam import Nadam as Nadam
from perdure.keras.optimizers.descent import Adadelta as Adadelta
from perdure.keras.optimizers.descent import Adagrad as Adagrad
from perdure.keras.optimizers.descent import Ftrl as Ftrl
from perdure.keras.optimizers.descent import RMSprop as RMSprop
from perdure.keras.optimizers.descent import SGD as SGD
from perdure.keras.optimizers.wrapped import deserialize as deserialize
from perdure.keras.optimizers.wrapped import get as get
from perdure.keras.optimizers.wrapped import serialize as serialize
from perdure.tf.keras.optimizers import schedules as schedules
import perdure.keras.optimizers.optimizer
Optimizer = perdure.keras.optimizers.optimizer.OptimizerV2
