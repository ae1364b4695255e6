# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.regularizers".

from perdure.keras.regularizers import L1L2 as L1L2
from perdure.keras.regularizers import Regularizer as Regularizer
from perdure.keras.regularizers import deserialize as deserialize
from perdure.keras.regularizers import get as get
from perdure.keras.regularizers import l1 as l1
from perdure.keras.regularizers import l1_l2 as l1_l2
from perdure.keras.regularizers import l2 as l2
from perdure.keras.regularizers import serialize as serialize
