"""tf.data: datasets and iterators over them."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "data.dataset": (
            "DatasetSpec get_output_classes=get_legacy_output_classes "
            "get_output_shapes=get_legacy_output_shapes get_output_types=get_legacy_output_types"
        ),
        "data.dataset_v1": "Dataset make_initializable_iterator make_one_shot_iterator",
        "data.iterators": "Iterator",
        "data.options_of_datasets": "Options",
        "data.readers": "FixedLengthRecordDataset TFRecordDataset TextLineDataset",
    },
    submodules="experimental",
)
