"""tf.data: datasets and iterators over them.

The classes of datasets are known to their base by name (`kinds.py`); importing them here hands them down.
"""

from perdure.data import generators, iterators, mapping, sources, transformations

__all__ = ["generators", "iterators", "mapping", "sources", "transformations"]
