# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.autograph".

from perdure.functions.autograph import AutoGraphError as AutoGraphError
from perdure.functions.autograph import Feature as Feature
from perdure.functions.autograph import do_not_convert as do_not_convert
from perdure.functions.autograph import set_loop_options as set_loop_options
