# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.wrappers.scikit_learn".

from perdure.keras.wrappers.scikit_learn import KerasClassifier as KerasClassifier
from perdure.keras.wrappers.scikit_learn import KerasRegressor as KerasRegressor
