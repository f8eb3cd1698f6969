"""Starts SAMDesk from a checkout: python main.py [FOLDER]."""

import sys

from samdesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
