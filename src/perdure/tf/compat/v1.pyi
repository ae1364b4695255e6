# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf".
from perdure.tf import *
