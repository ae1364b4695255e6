"""tf.compat.v1 is `tf` itself: this module gives its place to `perdure.tf`."""

import sys

import perdure.tf

# The import system returns what it finds here after running a module.
sys.modules[__name__] = perdure.tf
