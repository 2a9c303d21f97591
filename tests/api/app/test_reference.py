"""The API's own description, held to what the API does."""

import re
from typing import Any
from unittest import SkipTest
from urllib.parse import unquote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import AcceptedNegativeData, FailureGroup

import api
from api.shared import rate_limits
from tests import cast
from tests.api.conftest import Desk, problem

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = [
    (path, method)
    for path, operations in api.app().openapi()["paths"].items()
    for method in operations
    if path != "/docs"
]


def refuses_what_is_wrong(ctx, response, case):
    """In an address or a form everything is text, so only what is wrong with the text can be noticed there."""
    try:
        negative_data_rejection(ctx, response, case)
    except AcceptedNegativeData as accepted:
        told = re.sub(
            r"header: violates `required` \(was Authorization\)", "", accepted.message
        )  # it is added below
        only_types = set(re.findall(r"violates `(\w+)`", told)) <= {"type"} and "violates" in accepted.message
        if case.media_type == "application/json" or not only_types:
            raise


def test_the_document_is_for_those_signed_in(desk):
    document = desk.sam.get("openapi.json").json()
    assert document["openapi"].startswith("3.1") and document["servers"] == [{"url": "/api/v1"}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["description"].endswith(".")
            assert "application/problem+json" in operation["responses"]["401"]["content"]
    problem(desk.anyone().get("openapi.json"), 401)
    problem(desk.anyone().get("docs"), 401)


def test_the_page_needs_no_script_and_names_every_route(sqlite_desk):
    answer = sqlite_desk.sam.get("docs")
    page = answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script" not in page and not re.search(r"https?://", page) and " style=" not in page
    for path, method in OPERATIONS:
        assert f"<h3>{method.upper()} {path}</h3>" in page


@pytest.fixture
def any_desk(sqlite_desk, monkeypatch) -> Desk:
    monkeypatch.setattr(rate_limits, "count_request", lambda _who: None)
    monkeypatch.setattr(rate_limits, "count_upload", lambda _person, _size: None)
    number = cast.create_ticket(sqlite_desk.company.sam)
    cast.add_comment(sqlite_desk.company.ada, number, "hello")
    return sqlite_desk


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """The description, once one of the tests has asked for it: reading it takes longer than most of them."""
    return {}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fit", "unfit"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: part)
def test_what_anybody_may_send_is_answered_as_described(any_desk, described, path, method, mode):
    bearer = {"Authorization": f"Bearer {any_desk.token(any_desk.company.ada)}"}
    if "api" not in described:
        read = schemathesis.openapi.from_asgi("/api/v1/openapi.json", any_desk.app, headers=bearer)
        described["api"] = read
    operation = described["api"][path][method]
    checks = [*CHECKS, refuses_what_is_wrong] if mode == GenerationMode.NEGATIVE else CHECKS

    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case):
        # An address with a line break in it belongs to no route, and so not to the API.
        assume(not any("\n" in unquote(str(value)) for value in (case.path_parameters or {}).values()))
        case.call_and_validate(headers=bearer, checks=checks)

    try:
        holds()
    except (Unsatisfiable, SkipTest):
        assert mode == GenerationMode.NEGATIVE  # there is nothing in this route that could be wrong


def test_the_description_is_really_held_against_the_answers(any_desk, described, monkeypatch):
    from lib.catalog import statuses

    monkeypatch.setattr(statuses, "list_all", lambda _session: 1 / 0)
    with pytest.raises(FailureGroup):
        test_what_anybody_may_send_is_answered_as_described(
            any_desk, described, "/statuses", "get", GenerationMode.POSITIVE
        )
