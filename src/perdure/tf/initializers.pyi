# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.initializers".

from perdure.functional.random.initializers import he_normal as he_normal
from perdure.functional.random.initializers import he_uniform as he_uniform
from perdure.functional.random.initializers import lecun_normal as lecun_normal
from perdure.functional.random.initializers import lecun_uniform as lecun_uniform
from perdure.functional.state.resources import tables_initializer as tables_initializer
import perdure.functional.random.initializers
import perdure.variables.collections
constant = perdure.functional.random.initializers.Constant
global_variables = perdure.variables.collections.global_variables_initializer
glorot_normal = perdure.functional.random.initializers.GlorotNormal
glorot_uniform = perdure.functional.random.initializers.GlorotUniform
identity = perdure.functional.random.initializers.Identity
local_variables = perdure.variables.collections.local_variables_initializer
ones = perdure.functional.random.initializers.Ones
orthogonal = perdure.functional.random.initializers.Orthogonal
random_normal = perdure.functional.random.initializers.RandomNormal
random_uniform = perdure.functional.random.initializers.RandomUniform
truncated_normal = perdure.functional.random.initializers.TruncatedNormal
uniform_unit_scaling = perdure.functional.random.initializers.UniformUnitScaling
variables = perdure.variables.collections.variables_initializer
variance_scaling = perdure.functional.random.initializers.VarianceScaling
zeros = perdure.functional.random.initializers.Zeros
