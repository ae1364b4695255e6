# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.framework".

from perdure.functional.array.values import is_tensor as is_tensor
from perdure.functional.control.check_ops import assert_same_float_dtype as assert_same_float_dtype
from perdure.functional.control.check_ops import assert_scalar as assert_scalar
from perdure.graph.composite import convert_to_tensor_or_sparse_tensor as convert_to_tensor_or_sparse_tensor
from perdure.tf import nest as nest
from perdure.training.training_util import assert_global_step as assert_global_step
from perdure.training.training_util import create_global_step as create_global_step
from perdure.training.training_util import get_global_step as get_global_step
from perdure.training.training_util import get_or_create_global_step as get_or_create_global_step
