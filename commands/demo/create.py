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

AGE = timedelta(days=42)
"""How long ago the company began with its desk."""


def empty() -> bool:
    """Tell whether nobody is here yet."""
    with transactions.see() as session:
        return _nobody(session)


def _nobody(session: Session) -> bool:
    return session.exec(select(Person.id).limit(1)).first() is None


def found() -> dict[Colleague, str] | None:
    """Write the whole company down; return everybody's passwords, or None when somebody was here first."""
    uploads = {name: _upload(name, make()) for name, make in sample_files.MAKERS.items()}
    passwords = {colleague: password() for colleague in (FOUNDER, *STAFF)}
    now = clock.now()
    with transactions.act() as session:
        lock(session, "demo")
        if not _nobody(session):
            return None
        with clock.at(now - AGE):
            people = _people(session, passwords)
        _live(session, people, uploads)
        sample_time.settle(session, people, now, now - AGE)
    return passwords


def password() -> str:
    """Return a password of four made-up words: 49 random bits that can be read out and typed."""
    syllables = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    return "-".join(secrets.choice(syllables) + secrets.choice(syllables) for _ in range(4))


def _upload(name: str, data: bytes) -> Upload:
    upload = attachments.examine(name, data)
    storage.put(upload.path, data)
    if upload.thumbnail is not None:
        storage.put(attachments.thumbnail_path(upload.path), upload.thumbnail)
    return upload


def _people(session: Session, passwords: dict[Colleague, str]) -> dict[str, Actor]:
    founder = accounts.found_desk(
        session, email=FOUNDER.email, name=FOUNDER.name, password=passwords[FOUNDER], time_zone=FOUNDER.zone
    )
    me = sessions.actor(session, founder, FOUNDER.role, channel=Source.PAGE)
    team_ids = {card.name: card.id for card in teams.every(session, me)}
    for name in dict.fromkeys(CATEGORIES.values()):
        if name not in team_ids:
            team_ids[name] = teams.create(session, me, name=name).id
    for name, team in CATEGORIES.items():
        categories.create(session, me, name=name, team_id=team_ids[team])
    for reply in stories.told("reply"):
        team_id = team_ids[reply["team"]] if "team" in reply else None
        canned_replies.add(session, me, name=reply["name"], body=reply["text"].strip(), team_id=team_id)
    people = {FOUNDER.key: me}
    for colleague in STAFF:
        joins = [team_ids[team] for team in colleague.teams]
        role = roles.find(session, colleague.role)
        person = accounts.invite(
            session, me, email=colleague.email, name=colleague.name, role=role, teams=joins
        )
        secret = accounts.link(session, me, person, invitation=True)
        accounts.set_password(session, secret, passwords[colleague])
        person.timezone = colleague.zone
        skills.choose(session, me, person, [categories.find(session, name).id for name in colleague.knows])
        people[colleague.key] = sessions.actor(session, person, colleague.role, channel=Source.PAGE)
    return people


def _live(session: Session, people: dict[str, Actor], uploads: dict[str, Upload]) -> None:
    numbers: dict[int, int] = {}
    untagged: dict[int, list[str]] = {}
    for step in stories.steps(clock.now()):
        me = people[step.who]
        with clock.at(step.at):
            if step.deed == "create":
                numbers[step.number] = actions.create(session, me, step.words, uploads)
                if not me.staff and "tags" in step.words:
                    untagged[step.number] = step.words["tags"]
                continue
            number = numbers[step.number]
            if step.deed in actions.WORK and step.number in untagged:
                actions.do(session, me, number, "tag", untagged.pop(step.number))
            actions.do(session, me, number, step.deed, step.words)
            sample_time.work(session, me, number, step)
