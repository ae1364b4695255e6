# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.testing".

from perdure.contrib.testing.fake_summary_writer import FakeSummaryWriter as FakeSummaryWriter
