"""``python -m orgkey_codemod``."""

import sys

from orgkey_codemod.cli import main

sys.exit(main())
