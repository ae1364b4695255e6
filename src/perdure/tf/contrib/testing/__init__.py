"""tf.contrib.testing: what helps to test programs."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.testing.fake_summary_writer": "FakeSummaryWriter",
        "contrib.testing.summaries": (
            "assert_summary latest_event_file latest_events latest_summaries simple_values_from_events "
            "to_summary_proto"
        ),
    },
)
