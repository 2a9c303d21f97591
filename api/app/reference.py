"""The API's own description: the OpenAPI document, and a page made of it that needs no script."""

import base64
import hashlib
import re
from pathlib import Path

from fastapi import APIRouter, Request
from jinja2 import Environment, FileSystemLoader
from starlette.responses import HTMLResponse, JSONResponse, Response

from lib.markdown import rendering

router = APIRouter(tags=["reference"])

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_templates.filters["marked"] = rendering.to_html


@router.get("/openapi.json", response_model=dict)
def get_openapi_document(request: Request) -> Response:
    """Get this description as an OpenAPI 3.1 document."""
    return JSONResponse(request.app.openapi())


@router.get("/docs", response_class=HTMLResponse)
def get_reference_page(request: Request) -> Response:
    """Get this description as a page to read."""
    described = request.app.openapi()
    groups: dict[str, list[tuple[str, str, dict]]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append((method.upper(), path, operation))
    template = _templates.get_template("reference.html")
    html = template.render(document=described, groups=groups, schemas=described["components"]["schemas"])
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[1].encode() if style else b"").digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})
