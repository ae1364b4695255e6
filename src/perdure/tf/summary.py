"""tf.summary: what TensorBoard shows."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "formats.messages": "Event SessionLog Summary SummaryDescription TaggedRunMetadata",
        "functional.summaries.media": "audio image",
        "functional.summaries.merging": "merge merge_all",
        "functional.summaries.tensors": "get_summary_description tensor_summary text",
        "functional.summaries.values": "histogram scalar",
        "summaries.graph_writer": "all_v2_summary_ops initialize",
        "summaries.writer": "FileWriter",
        "summaries.writer_cache": "FileWriterCache",
    },
)
