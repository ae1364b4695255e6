# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.saved_model.main_op".

from perdure.saved_model.main_op import main_op as main_op
from perdure.saved_model.main_op import main_op_with_restore as main_op_with_restore
