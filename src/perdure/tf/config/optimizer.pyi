# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.config.optimizer".

from perdure.session.settings import get_experimental_options as get_experimental_options
from perdure.session.settings import get_jit as get_jit
from perdure.session.settings import set_experimental_options as set_experimental_options
from perdure.session.settings import set_jit as set_jit
