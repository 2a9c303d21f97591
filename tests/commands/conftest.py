"""The command line, run inside the test's process against its fresh database."""

import pytest
from click.testing import CliRunner

from commands.shell.group import docket


@pytest.fixture
def run(engine, data):
    """`run("person", "add", …)` returns click's result; both kinds of database in turn."""

    def invoke(*words):
        return CliRunner().invoke(docket, [*words, "--data", str(data)])

    return invoke
