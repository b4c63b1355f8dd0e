"""The corpus holds test files of its own, which are material and not tests; what reads it is imported by its name."""

import sys
from pathlib import Path

collect_ignore = ["corpus"]
sys.path.insert(0, str(Path(__file__).parent))
