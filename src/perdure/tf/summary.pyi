# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.summary".

from perdure.formats.messages import Event as Event
from perdure.formats.messages import SessionLog as SessionLog
from perdure.formats.messages import Summary as Summary
from perdure.formats.messages import SummaryDescription as SummaryDescription
from perdure.formats.messages import TaggedRunMetadata as TaggedRunMetadata
from perdure.functional.summaries.media import audio as audio
from perdure.functional.summaries.media import image as image
from perdure.functional.summaries.merging import merge as merge
from perdure.functional.summaries.merging import merge_all as merge_all
from perdure.functional.summaries.tensors import get_summary_description as get_summary_description
from perdure.functional.summaries.tensors import tensor_summary as tensor_summary
from perdure.functional.summaries.tensors import text as text
from perdure.functional.summaries.values import histogram as histogram
from perdure.functional.summaries.values import scalar as scalar
from perdure.summaries.graph_writer import all_v2_summary_ops as all_v2_summary_ops
from perdure.summaries.graph_writer import initialize as initialize
from perdure.summaries.writer import FileWriter as FileWriter
from perdure.summaries.writer_cache import FileWriterCache as FileWriterCache
