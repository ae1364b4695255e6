"""tf.keras.utils."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "keras.utils.arrays": "normalize to_categorical",
        "keras.utils.files": "get_file",
        "keras.utils.matrix": "HDF5Matrix",
        "keras.utils.multi_gpu": "multi_gpu_model",
        "keras.utils.objects": (
            "CustomObjectScope custom_object_scope deserialize_keras_object get_custom_objects "
            "serialize_keras_object"
        ),
        "keras.utils.progress": "Progbar",
        "keras.utils.sequences": "GeneratorEnqueuer OrderedEnqueuer Sequence SequenceEnqueuer",
        "keras.utils.sources": "convert_all_kernels_in_model get_source_inputs",
    },
)
