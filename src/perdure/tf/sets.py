"""tf.sets: rows of values as sets."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.sparse.sets": (
            "difference=set_difference intersection=set_intersection set_difference set_intersection "
            "set_size set_union size=set_size union=set_union"
        ),
    },
)
