"""Write the example folder: ``python -m tools.demo examples``."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.demo import make

if __name__ == "__main__":
    make(Path(sys.argv[1]))
