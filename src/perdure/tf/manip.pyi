# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.manip".

from perdure.functional.array.array import reshape as reshape
from perdure.functional.array.gathering import gather_nd as gather_nd
from perdure.functional.array.gathering import scatter_nd as scatter_nd
from perdure.functional.array.rearranging import reverse as reverse
from perdure.functional.array.rearranging import roll as roll
from perdure.functional.array.rearranging import tile as tile
from perdure.functional.array.space_to_batch import batch_to_space_nd as batch_to_space_nd
from perdure.functional.array.space_to_batch import space_to_batch_nd as space_to_batch_nd
