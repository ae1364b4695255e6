# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.stateless".

from perdure.functional.random.random import stateless_multinomial as stateless_multinomial
from perdure.functional.random.random import stateless_truncated_normal as stateless_truncated_normal
import perdure.functional.random.random
stateless_random_normal = perdure.functional.random.random.stateless_normal
stateless_random_uniform = perdure.functional.random.random.stateless_uniform
