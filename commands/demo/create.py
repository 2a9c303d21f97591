"""Found the company in an empty desk: its people, teams and categories, then its stories, all or nothing."""

import secrets
from datetime import timedelta

from sqlmodel import Session, select

from commands.demo import actions, sample_files, sample_time, stories
from commands.demo.staff import CATEGORIES, FOUNDER, STAFF, Colleague
from db.engine import lock
from db.models import Person
from db.vocabulary import Source
from lib import transactions
from lib.access import roles
from lib.access.gate import Actor
from lib.assignment import skills
from lib.catalog import canned_replies, categories
from lib.conversation import attachments
from lib.conversation.attachments import Upload
from lib.core import clock
from lib.identity import sessions
from lib.integrations import storage
from lib.people import accounts, teams

COMPANY_AGE = timedelta(days=42)
"""How long ago the company began with its desk."""


def is_empty() -> bool:
    """Tell whether nobody is here yet."""
    with transactions.see() as session:
        return _has_no_people(session)


def _has_no_people(session: Session) -> bool:
    return session.exec(select(Person.id).limit(1)).first() is None


def create_company() -> dict[Colleague, str] | None:
    """Write the whole company down; return everybody's passwords, or None when somebody was here first."""
    uploads = {name: _store_upload(name, make()) for name, make in sample_files.MAKERS.items()}
    passwords = {colleague: generate_password() for colleague in (FOUNDER, *STAFF)}
    now = clock.now()
    with transactions.act() as session:
        lock(session, "demo")
        if not _has_no_people(session):
            return None
        with clock.travel_to(now - COMPANY_AGE):
            people = _create_people(session, passwords)
        _play_stories(session, people, uploads)
        sample_time.add_months_and_rates(session, people, now, now - COMPANY_AGE)
    return passwords


def generate_password() -> str:
    """Return a password of four made-up words: 49 random bits that can be read out and typed."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    return "-".join(secrets.choice(syllables) + secrets.choice(syllables) for _ in range(4))


def _store_upload(name: str, data: bytes) -> Upload:
    upload = attachments.examine(name, data)
    storage.put(upload.path, data)
    if upload.thumbnail is not None:
        storage.put(attachments.thumbnail_path(upload.path), upload.thumbnail)
    return upload


def _create_people(session: Session, passwords: dict[Colleague, str]) -> dict[str, Actor]:
    founder = accounts.create_first_administrator(
        session, email=FOUNDER.email, name=FOUNDER.name, password=passwords[FOUNDER], time_zone=FOUNDER.zone
    )
    me = sessions.build_actor(session, founder, FOUNDER.role, channel=Source.PAGE)
    team_ids = {card.name: card.id for card in teams.list_all(session, me)}
    for name in dict.fromkeys(CATEGORIES.values()):
        if name not in team_ids:
            team_ids[name] = teams.create(session, me, name=name).id
    for name, team in CATEGORIES.items():
        categories.create(session, me, name=name, team_id=team_ids[team])
    for reply in stories.load("reply"):
        team_id = team_ids[reply["team"]] if "team" in reply else None
        canned_replies.create(session, me, name=reply["name"], body=reply["text"].strip(), team_id=team_id)
    people = {FOUNDER.key: me}
    for colleague in STAFF:
        joins = [team_ids[team] for team in colleague.teams]
        role = roles.get(session, colleague.role)
        person = accounts.invite(
            session, me, email=colleague.email, name=colleague.name, role=role, teams=joins
        )
        secret = accounts.create_password_secret(session, me, person, invitation=True)
        accounts.set_password(session, secret, passwords[colleague])
        person.timezone = colleague.zone
        skills.set_for_person(
            session, me, person, [categories.get(session, name).id for name in colleague.knows]
        )
        people[colleague.key] = sessions.build_actor(session, person, colleague.role, channel=Source.PAGE)
    return people


def _play_stories(session: Session, people: dict[str, Actor], uploads: dict[str, Upload]) -> None:
    numbers: dict[int, int] = {}
    untagged: dict[int, list[str]] = {}
    for step in stories.list_steps(clock.now()):
        me = people[step.who]
        with clock.travel_to(step.at):
            if step.deed == "create":
                numbers[step.number] = actions.create_ticket(session, me, step.words, uploads)
                if not me.staff and "tags" in step.words:
                    untagged[step.number] = step.words["tags"]
                continue
            number = numbers[step.number]
            if step.deed in actions.STAFF_ACTIONS and step.number in untagged:
                actions.perform(session, me, number, "tag", untagged.pop(step.number))
            actions.perform(session, me, number, step.deed, step.words)
            sample_time.log_time(session, me, number, step)
