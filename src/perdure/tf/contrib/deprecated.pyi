# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.deprecated".

from perdure.functional.summaries.deprecated import audio_summary as audio_summary
from perdure.functional.summaries.deprecated import histogram_summary as histogram_summary
from perdure.functional.summaries.deprecated import image_summary as image_summary
from perdure.functional.summaries.deprecated import merge_all_summaries as merge_all_summaries
from perdure.functional.summaries.deprecated import merge_summary as merge_summary
from perdure.functional.summaries.deprecated import scalar_summary as scalar_summary
