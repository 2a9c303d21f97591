"""`python3 manage.py …` arrives here, inside the environment."""

import sys

from commands.shell.group import docket

if __name__ == "__main__":
    docket(args=sys.argv[1:] or ["run"], prog_name="python3 manage.py")
