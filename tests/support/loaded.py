"""What a serving Docket imports, imported once: servers of the tests are forked from a process that has it all.

Nothing of an installation is read here: each server reads its own settings after it was forked.
"""

import gc
from functools import cache

import pandas  # noqa: F401
import pyarrow  # noqa: F401
import streamlit.web.bootstrap  # noqa: F401
import uvicorn  # noqa: F401
from streamlit.components.v2 import manifest_scanner

import api
import web  # noqa: F401
import worker  # noqa: F401
from commands import run  # noqa: F401
from commands.shell import server  # noqa: F401
from db import schema  # noqa: F401
from lib.core import settings
from ui import components  # noqa: F401
from ui.shared import charts
from ui.shell import error_page  # noqa: F401

charts.warm_up()
api.app()  # its description takes longer to draw than all the rest of a start
setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))  # noqa: B010
manifest_scanner.scan_component_manifests()  # reads the metadata of every package, which do not change meanwhile
assert not settings.current.cache_info().currsize
gc.collect()
gc.freeze()
