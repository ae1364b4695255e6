# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.callbacks".

from perdure.keras.callbacks.base import BaseLogger as BaseLogger
from perdure.keras.callbacks.base import Callback as Callback
from perdure.keras.callbacks.base import History as History
from perdure.keras.callbacks.base import ProgbarLogger as ProgbarLogger
