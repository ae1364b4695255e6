# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.xla.experimental".

import perdure.functional.control.jit_scope
jit_scope = perdure.functional.control.jit_scope.experimental_jit_scope
