"""The stories of the demo and its canned replies, read from the files in this package and spread over time."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
MORNING, EVENING = time(7, 30), time(17, 30)


@dataclass(frozen=True)
class Step:
    """One deed of a story: `number` is the story's, in the order of the files; `words` depend on the deed."""

    at: datetime
    number: int
    who: str
    deed: str
    words: Any


def load(what: str) -> list[dict[str, Any]]:
    """Return every `ticket` or `reply` of the files, in their order."""
    files = [tomllib.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))]
    return [one for file in files for one in file.get(what, ())]


def list_steps(now: datetime) -> list[Step]:
    """Return what has happened by `now` in all the stories, in order of time; the rest is still to come."""
    laid = [step for number, story in enumerate(load("ticket")) for step in _schedule(number, story, now)]
    return sorted((s for s in laid if s.at <= now), key=lambda s: s.at)


def _schedule(number: int, story: dict[str, Any], now: datetime) -> Iterator[Step]:
    at = _get_start(story, now)
    yield Step(at, number, story["by"], "create", story)
    recent = "minutes" in story
    for after, who, deed, *words in story.get("then", ()):
        at += _parse_span(after)
        at = at if recent else to_working_hours(at)
        yield Step(at, number, who, deed, words[0] if words else None)


def _get_start(story: dict[str, Any], now: datetime) -> datetime:
    if "minutes" in story:
        return now - timedelta(minutes=story["minutes"])
    day, left = now - timedelta(days=1), story["ago"]
    while left > 1 or day.weekday() > 4:
        left -= day.weekday() < 5
        day -= timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(story["time"]), now.tzinfo)


def _parse_span(after: str) -> timedelta:
    return timedelta(**{UNITS[after[-1]]: int(after[:-1])})


def to_working_hours(at: datetime) -> datetime:
    """Return `at`, or when it lies at night or on a weekend, some time in the next working morning."""
    late = at.time() > EVENING
    if late or at.time() < MORNING or at.weekday() > 4:
        at += timedelta(days=int(late))
        while at.weekday() > 4:
            at += timedelta(days=1)
        at = datetime.combine(at, MORNING, at.tzinfo) + timedelta(minutes=at.minute)
    return at
