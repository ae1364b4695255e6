# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.testing".

from perdure.contrib.testing.fake_summary_writer import FakeSummaryWriter as FakeSummaryWriter
from perdure.contrib.testing.summaries import assert_summary as assert_summary
from perdure.contrib.testing.summaries import latest_event_file as latest_event_file
from perdure.contrib.testing.summaries import latest_events as latest_events
from perdure.contrib.testing.summaries import latest_summaries as latest_summaries
from perdure.contrib.testing.summaries import simple_values_from_events as simple_values_from_events
from perdure.contrib.testing.summaries import to_summary_proto as to_summary_proto
