# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.summary".

from perdure.contrib.summary.recording import audio as audio
from perdure.contrib.summary.recording import create_summary_file_writer as create_summary_file_writer
from perdure.contrib.summary.recording import eval_dir as eval_dir
from perdure.contrib.summary.recording import generic as generic
from perdure.contrib.summary.recording import graph as graph
from perdure.contrib.summary.recording import histogram as histogram
from perdure.contrib.summary.recording import image as image
from perdure.contrib.summary.recording import record_summaries_every_n_global_steps as record_summaries_every_n_global_steps
from perdure.contrib.summary.recording import scalar as scalar
from perdure.summaries.graph_writer import always_record_summaries as always_record_summaries
from perdure.summaries.graph_writer import create_db_writer as create_db_writer
from perdure.summaries.graph_writer import create_file_writer as create_file_writer
from perdure.summaries.graph_writer import flush as flush
from perdure.summaries.graph_writer import import_event as import_event
from perdure.summaries.graph_writer import initialize as initialize
from perdure.summaries.graph_writer import never_record_summaries as never_record_summaries
from perdure.summaries.graph_writer import should_record_summaries as should_record_summaries
from perdure.summaries.graph_writer import summary_writer_initializer_op as summary_writer_initializer_op
import perdure.summaries.graph_writer
SummaryWriter = perdure.summaries.graph_writer.ResourceSummaryWriter
all_summary_ops = perdure.summaries.graph_writer.all_v2_summary_ops
