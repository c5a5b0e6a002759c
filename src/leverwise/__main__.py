"""`python -m leverwise` is the command `leverwise`."""

import sys

from leverwise.cli import main

if __name__ == "__main__":
    sys.exit(main())
