"""`python -m minisvc`."""

import sys

from minisvc.cli import main

sys.exit(main())
