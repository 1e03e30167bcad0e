"""The command `analysis`, which starts itself anew where it would take modules from anywhere else.

It stands outside the package: PYTHONPATH may hold another package of that name.
"""

import os
import site
import sys


def main() -> None:
    """Run the command with the modules of its own environment alone."""
    foreign = {"PYTHONPATH", "PYTHONHOME"} & os.environ.keys()
    if foreign or site.ENABLE_USER_SITE:
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        kept["PYTHONNOUSERSITE"] = "1"
        os.execve(sys.executable, [sys.executable, *sys.argv], kept)
    from analysis import cli  # noqa: PLC0415 - not before it is known which one that is

    cli.main()
