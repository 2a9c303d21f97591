"""Creating: one answer for one `Idempotency-Key`, however often it is sent."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.shared.auth import Me
from lib.access.gate import Actor
from lib.audit import idempotency
from lib.core.errors import OutcomeUnknown
from lib.transactions import Session, act

BASE_PATH = "/api/v1"
OUTCOME_UNKNOWN = (
    "The connection to the database broke while this was being saved, so Docket can't tell whether it was saved. "
    "Send the same request with the same Idempotency-Key again. It is saved once."
)


@dataclass(frozen=True)
class CreatedResource:
    """What was created, and where; `kept` is the answer without its secret, for a repeated request."""

    where: str
    shape: BaseModel
    kept: BaseModel | None = None

    def written(self, shape: BaseModel) -> str:
        """Return the place and the body of the answer in one text."""
        return f"{self.where}\n{shape.model_dump_json()}"


@dataclass(frozen=True)
class CreateRequest:
    """One request to create something."""

    request: Request
    me: Actor
    key: str | None

    def once(self, form: BaseModel, create: Callable[[Session], CreatedResource]) -> Response:
        """Do `create` in a transaction and answer 201; for a key that was used, answer as then."""
        fresh: list[CreatedResource] = []

        def do() -> str:
            made = create(session)
            fresh.append(made)
            return made.written(made.kept or made.shape)

        try:
            with act() as session:
                if self.key is None:
                    do()
                    answer = ""
                else:
                    answer = idempotency.run_once(
                        session, self.me, self._key(), fingerprint=self._fingerprint(form), create=do
                    )
        except OutcomeUnknown:
            if self.key is None:
                raise
            raise OutcomeUnknown(OUTCOME_UNKNOWN) from None
        if fresh:
            answer = fresh[0].written(fresh[0].shape)
        where, _, body = answer.partition("\n")
        return Response(body, 201, media_type="application/json", headers={"Location": f"{BASE_PATH}{where}"})

    def _key(self) -> str:
        return f"api:{hashlib.sha256((self.key or '').encode()).hexdigest()}"

    def _fingerprint(self, form: BaseModel) -> str:
        whole = f"{self.request.method} {self.request.url.path}\n{form.model_dump_json(exclude_unset=True)}"
        return hashlib.sha256(whole.encode()).hexdigest()


async def _build_create_request(
    request: Request,
    me: Me,
    idempotency_key: Annotated[
        str | None,
        Header(
            pattern=r"^[\x20-\x7e]{1,255}$",
            description="requests with the same key and body get the same answer for seven days",
        ),
    ] = None,
) -> CreateRequest:
    return CreateRequest(request, me, idempotency_key)


CreateDependency = Annotated[CreateRequest, Depends(_build_create_request)]
