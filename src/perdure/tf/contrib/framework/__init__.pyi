# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.framework".

from perdure.contrib.framework.checkpoints import assign_from_checkpoint as assign_from_checkpoint
from perdure.contrib.framework.checkpoints import assign_from_checkpoint_fn as assign_from_checkpoint_fn
from perdure.contrib.framework.checkpoints import assign_from_values as assign_from_values
from perdure.contrib.framework.checkpoints import assign_from_values_fn as assign_from_values_fn
from perdure.contrib.framework.checkpoints import init_from_checkpoint as init_from_checkpoint
from perdure.contrib.framework.checkpoints import list_variables as list_variables
from perdure.contrib.framework.checkpoints import load_checkpoint as load_checkpoint
from perdure.contrib.framework.checkpoints import load_linear_multiclass_bias_initializer as load_linear_multiclass_bias_initializer
from perdure.contrib.framework.checkpoints import load_variable as load_variable
from perdure.contrib.framework.checkpoints import load_variable_slot_initializer as load_variable_slot_initializer
from perdure.functional.array.values import is_tensor as is_tensor
from perdure.functional.control.check_ops import assert_same_float_dtype as assert_same_float_dtype
from perdure.functional.control.check_ops import assert_scalar as assert_scalar
from perdure.graph.composite import convert_to_tensor_or_sparse_tensor as convert_to_tensor_or_sparse_tensor
from perdure.tf import nest as nest
from perdure.training.checkpoints.remapping import load_and_remap_matrix_initializer as load_and_remap_matrix_initializer
from perdure.training.checkpoints.remapping import load_embedding_initializer as load_embedding_initializer
from perdure.training.training_util import assert_global_step as assert_global_step
from perdure.training.training_util import create_global_step as create_global_step
from perdure.training.training_util import get_global_step as get_global_step
from perdure.training.training_util import get_or_create_global_step as get_or_create_global_step
