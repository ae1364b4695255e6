# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.eager".

from perdure.functions.def_function import function as function
from perdure.functions.polymorphic import defun as defun
from perdure.gradients import custom_gradient as custom_gradient
from perdure.graph.type_spec import TensorSpec as TensorSpec
from perdure.training.checkpoints.checkpoint import Checkpoint as Checkpoint
from perdure.variables.behavior import enable_eager_execution as enable_eager_execution
from perdure.variables.behavior import executing_eagerly as executing_eagerly
import perdure.testing.modes
import perdure.tracking.auto
import perdure.variables.behavior
import perdure.variables.resource_variable
import perdure.variables.template
Checkpointable = perdure.tracking.auto.AutoTrackable
Variable = perdure.variables.resource_variable.ResourceVariable
in_eager_mode = perdure.variables.behavior.executing_eagerly
make_template = perdure.variables.template.make_template_internal
run_all_tests_in_graph_and_eager_modes = perdure.testing.modes.run_all_in_graph_and_eager_modes
run_test_in_graph_and_eager_modes = perdure.testing.modes.run_in_graph_and_eager_modes
