"""tf.contrib.staging: areas where tensors wait for the next step."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "queues.staging_area": "StagingArea",
    },
)
