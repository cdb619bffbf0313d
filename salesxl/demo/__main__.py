"""Write the example folder: ``python -m salesxl.demo examples``."""

from __future__ import annotations

import sys
from pathlib import Path

from salesxl.demo import make

if __name__ == "__main__":
    make(Path(sys.argv[1]))
