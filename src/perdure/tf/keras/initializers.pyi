# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.initializers".

from perdure.keras.initializers import Constant as Constant
from perdure.keras.initializers import Identity as Identity
from perdure.keras.initializers import Initializer as Initializer
from perdure.keras.initializers import Ones as Ones
from perdure.keras.initializers import Orthogonal as Orthogonal
from perdure.keras.initializers import RandomNormal as RandomNormal
from perdure.keras.initializers import RandomUniform as RandomUniform
from perdure.keras.initializers import TruncatedNormal as TruncatedNormal
from perdure.keras.initializers import VarianceScaling as VarianceScaling
from perdure.keras.initializers import Zeros as Zeros
from perdure.keras.initializers import deserialize as deserialize
from perdure.keras.initializers import get as get
from perdure.keras.initializers import he_normal as he_normal
from perdure.keras.initializers import he_uniform as he_uniform
from perdure.keras.initializers import lecun_normal as lecun_normal
from perdure.keras.initializers import lecun_uniform as lecun_uniform
from perdure.keras.initializers import serialize as serialize
import perdure.keras.initializers
constant = perdure.keras.initializers.Constant
glorot_normal = perdure.keras.initializers.GlorotNormal
glorot_uniform = perdure.keras.initializers.GlorotUniform
identity = perdure.keras.initializers.Identity
normal = perdure.keras.initializers.RandomNormal
ones = perdure.keras.initializers.Ones
orthogonal = perdure.keras.initializers.Orthogonal
random_normal = perdure.keras.initializers.RandomNormal
random_uniform = perdure.keras.initializers.RandomUniform
truncated_normal = perdure.keras.initializers.TruncatedNormal
uniform = perdure.keras.initializers.RandomUniform
zeros = perdure.keras.initializers.Zeros
