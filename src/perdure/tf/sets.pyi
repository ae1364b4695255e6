# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.sets".

from perdure.functional.sparse.sets import set_difference as set_difference
from perdure.functional.sparse.sets import set_intersection as set_intersection
from perdure.functional.sparse.sets import set_size as set_size
from perdure.functional.sparse.sets import set_union as set_union
import perdure.functional.sparse.sets
difference = perdure.functional.sparse.sets.set_difference
intersection = perdure.functional.sparse.sets.set_intersection
size = perdure.functional.sparse.sets.set_size
union = perdure.functional.sparse.sets.set_union
