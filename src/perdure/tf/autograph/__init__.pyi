# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.autograph".

from perdure.functions.autograph import set_verbosity as set_verbosity
from perdure.functions.autograph import to_code as to_code
from perdure.functions.autograph import to_graph as to_graph
from perdure.functions.autograph import trace as trace
from perdure.tf.autograph import experimental as experimental
