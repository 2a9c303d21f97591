"""Mails to look at: each template with made-up contents, as text and as HTML, light and dark."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import HTMLResponse, Response

from api.shared.auth import Me
from api.shared.schemas import Page, ResponseSchema, json_response, no_content
from lib.access.gate import Actor
from lib.notifications.email import renderer, samples
from lib.transactions import act, see

router = APIRouter(tags=["notifications"])
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
TemplateName = Annotated[str, Path(pattern="^[a-z]{1,40}$")]


class EmailTemplate(ResponseSchema):
    """The name and label of an email template."""

    name: str
    title: str


class EmailTemplatePreview(EmailTemplate):
    """An email template with sample content."""

    subject: str
    text: str
    html: str


@router.get("/mail-templates", response_model=Page[EmailTemplate])
def list_email_templates(me: Me) -> Response:
    """List the email templates."""
    with see():
        found = samples.list_all(me)
    return json_response(Page(items=[EmailTemplate(name=each.name, title=each.title) for each in found]))


@router.get("/mail-templates/{name}", response_model=EmailTemplatePreview)
def get_email_template(me: Me, name: TemplateName) -> Response:
    """Preview an email template with sample content."""
    subject, text, html = _render(me, name, dark=False)
    return json_response(
        EmailTemplatePreview(
            name=name, title=samples.TITLES[samples.get_kind(name)], subject=subject, text=text, html=html
        )
    )


@router.get("/mail-templates/{name}/html", response_class=HTMLResponse)
def get_email_template_html(
    me: Me, name: TemplateName, scheme: Annotated[Literal["light", "dark"], Query()] = "light"
) -> Response:
    """Preview an email template as a page, as a light or dark email program shows it."""
    html = _render(me, name, dark=scheme == "dark")[2]
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY})


@router.post("/mail-templates/{name}/test", status_code=204)
def send_test_email(me: Me, name: TemplateName) -> Response:
    """Send yourself an email template with sample content."""
    with act() as session:
        samples.send(session, me, name)
    return no_content()


def _render(me: Actor, name: str, *, dark: bool) -> tuple[str, str, str]:
    with see() as session:
        mail = renderer.render_sample(session, me, name)
    return (mail.subject, *renderer.render_preview(mail, dark=dark))
