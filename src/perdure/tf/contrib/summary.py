"""tf.contrib.summary: summaries that operations write themselves."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.summary.recording": (
            "audio create_summary_file_writer eval_dir generic graph histogram image "
            "record_summaries_every_n_global_steps scalar"
        ),
        "summaries.graph_writer": (
            "SummaryWriter=ResourceSummaryWriter all_summary_ops=all_v2_summary_ops always_record_summaries "
            "create_db_writer create_file_writer flush import_event initialize never_record_summaries "
            "should_record_summaries summary_writer_initializer_op"
        ),
    },
)
