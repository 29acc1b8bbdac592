"""`python -m valuma_graph` is `valuma-graph`."""

import sys

from valuma_graph.cli import main

if __name__ == "__main__":
    sys.exit(main())
