"""Run the commands as ``python -m salesxl``."""

from salesxl.cli import main

if __name__ == "__main__":  # a worker that is not forked looks at this module too
    main()
