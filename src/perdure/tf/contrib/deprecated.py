"""tf.contrib.deprecated: summaries as they were made before tf.summary."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.summaries.deprecated": (
            "audio_summary histogram_summary image_summary merge_all_summaries merge_summary scalar_summary"
        ),
    },
)
