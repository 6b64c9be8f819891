"""CarTech Desk: the workstation that a performance shop runs on."""

from typing import Final

__version__: Final = "0.1.0"
