"""`python -m cartech_desk`."""

import sys

from cartech_desk.app.main import main

if __name__ == "__main__":
    sys.exit(main())
