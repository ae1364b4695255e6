"""`perdure run` as a script: what a child process becomes that was started as `python SCRIPT`."""

import sys

from perdure.cli import main

sys.exit(main())
