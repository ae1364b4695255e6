# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.config.threading".

from perdure.session.settings import get_inter_op_parallelism_threads as get_inter_op_parallelism_threads
from perdure.session.settings import get_intra_op_parallelism_threads as get_intra_op_parallelism_threads
from perdure.session.settings import set_inter_op_parallelism_threads as set_inter_op_parallelism_threads
from perdure.session.settings import set_intra_op_parallelism_threads as set_intra_op_parallelism_threads
