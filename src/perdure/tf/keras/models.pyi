# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.models".

from perdure.keras.engine.model import Model as Model
from perdure.keras.engine.sequential import Sequential as Sequential
