"""Run the commands as ``python -m salesxl``."""

from salesxl.cli import main

main()
