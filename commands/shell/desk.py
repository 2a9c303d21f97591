"""The desk as the command line meets it: a database of today's schema, and Docket itself who acts."""

from db.vocabulary import Permission, Source
from lib import startup
from lib.access import gate
from lib.access.gate import Actor


def prepare() -> None:
    """Make the data folder, connect to its database and bring it to today's schema."""
    startup.migrate()


def build_operator(*permissions: Permission) -> Actor:
    """Return Docket acting for whoever holds this machine, with just the permissions listed."""
    return gate.system_actor("command line", *permissions, channel=Source.COMMAND)
