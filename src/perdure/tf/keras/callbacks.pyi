# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.callbacks".

from perdure.keras.callbacks.base import BaseLogger as BaseLogger
from perdure.keras.callbacks.base import Callback as Callback
from perdure.keras.callbacks.base import History as History
from perdure.keras.callbacks.base import ProgbarLogger as ProgbarLogger
from perdure.keras.callbacks.files import CSVLogger as CSVLogger
from perdure.keras.callbacks.files import ModelCheckpoint as ModelCheckpoint
from perdure.keras.callbacks.files import RemoteMonitor as RemoteMonitor
from perdure.keras.callbacks.tensorboard import TensorBoard as TensorBoard
from perdure.keras.callbacks.watching import EarlyStopping as EarlyStopping
from perdure.keras.callbacks.watching import LambdaCallback as LambdaCallback
from perdure.keras.callbacks.watching import LearningRateScheduler as LearningRateScheduler
from perdure.keras.callbacks.watching import ReduceLROnPlateau as ReduceLROnPlateau
from perdure.keras.callbacks.watching import TerminateOnNaN as TerminateOnNaN
