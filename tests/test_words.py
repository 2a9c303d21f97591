"""Words that were replaced don't come back: not in names, texts on screens, comments or documents.

To retire a word, remove it everywhere and add it to GONE with what to say instead; docs/glossary.md has the words
in use. A word that is gone from the documents but not from the code goes into GONE_FROM_DOCS.
"""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KINDS = {".css", ".html", ".jinja", ".js", ".md", ".py", ".toml", ".txt", ".yaml", ".yml"}
NOT_OURS = {"LICENSE", "requirements.txt", "tests/test_words.py"}

GONE = {
    "9 in 10": "90th percentile",
    "aforementioned": "leave it out",
    "albeit": "although",
    "amid": "in, among",
    "amidst": "in, among",
    "amongst": "among",
    "analyse": "analyze",
    "answered yet": "first response",
    "as above it": "from the parent category",
    "as things stand": "currently",
    "ascertain": "find out",
    "befall": "happen to",
    "beget": "cause",
    "behaviour": "behavior",
    "behold": "see",
    "bestow": "give",
    "betwixt": "between",
    "blacklist": "denylist",
    "blacklisted": "denied",
    "catalogue": "catalog",
    "centre": "center",
    "colour": "color",
    "comes to nothing": "has no effect",
    "commence": "start",
    "crazy": "surprising",
    "customise": "customize",
    "deem": "consider",
    "desire": "want",
    "dialogue": "dialog",
    "due to the fact": "because",
    "dummy": "sample, fake",
    "dwell": "stay",
    "e-mail": "email",
    "endeavour": "try",
    "erstwhile": "former",
    "favour": "favor",
    "favourite": "favorite",
    "forthwith": "at once",
    "fortnight": "two weeks",
    "fulfil": "fulfill",
    "gathered mail": "combined emails",
    "get rid": "remove, delete",
    "give out": "assign",
    "half took less": "median",
    "hand back": "unassign",
    "hand it back": "unassign it",
    "hand out": "assign",
    "handed out": "assigned",
    "hear no more": "mute",
    "hence": "so",
    "henceforth": "from now on",
    "hereafter": "from now on",
    "hereby": "leave it out",
    "herein": "in this",
    "heretofore": "until now",
    "hither": "here",
    "hitherto": "until now",
    "honour": "honor",
    "hours spent": "logged time",
    "how long it takes": "resolution time",
    "in groups of": "grouped by",
    "in order to": "to",
    "inasmuch": "because",
    "initialise": "initialize",
    "insane": "surprising",
    "insofar": "as far as",
    "judgement": "judgment",
    "keeping order": "settings",
    "kept ready": "prepared, canned reply",
    "knows of it": "is away",
    "labelled": "labeled",
    "labour": "labor",
    "learnt": "learned",
    "left it in this time": "left in period",
    "lest": "so that … not",
    "leverage": "use",
    "licence": "license",
    "log in": "sign in",
    "log out": "sign out",
    "made up company": "sample company",
    "man hours": "hours of work",
    "maximise": "maximize",
    "mend": "edit, correct",
    "minimise": "minimize",
    "modelled": "modeled",
    "my week": "timesheet",
    "naught": "zero, nothing",
    "needs must": "must",
    "neighbour": "neighbor",
    "newcomer": "new person, new contributor",
    "newcomers": "invitations, new people",
    "no rows": "say what is missing and what to do",
    "nobody yet": "unassigned",
    "nonetheless": "still",
    "normalise": "normalize",
    "notwithstanding": "despite",
    "nought": "zero",
    "oft": "often",
    "optimise": "optimize",
    "organisation": "organization",
    "organise": "organize",
    "ought": "should",
    "perchance": "perhaps",
    "perforce": "necessarily",
    "please note": "leave it out",
    "prior to": "before",
    "prioritise": "prioritize",
    "programme": "program",
    "put aside": "failed",
    "put in copy": "add in CC",
    "realise": "realize",
    "recognise": "recognize",
    "retired to": "archived with successor",
    "sanity": "check",
    "seldom": "rarely",
    "serialise": "serialize",
    "shall": "must, will",
    "signalled": "signaled",
    "slips": "Slack messages",
    "spelt": "spelled",
    "spent time": "logged time",
    "stand there now": "currently in status",
    "stands below": "is a subcategory of",
    "stray bytes": "orphaned files",
    "strays": "orphans",
    "subsequent to": "after",
    "summarise": "summarize",
    "sundry": "various",
    "synchronise": "synchronize",
    "take out of sight": "delete",
    "taken out of sight": "deleted",
    "thence": "from there",
    "thereafter": "then",
    "thereby": "so",
    "therefrom": "from it",
    "therein": "in it",
    "thereof": "of it",
    "thereto": "to it",
    "therewith": "with it",
    "thither": "there",
    "tidy drafts": "delete old drafts",
    "tidy files": "delete removed files",
    "tidy notices": "delete old notifications",
    "tidy secrets": "delete expired secrets",
    "time spent": "logged time",
    "told by mail": "notified by email",
    "travelled": "traveled",
    "until and with": "through",
    "unto": "to",
    "upon": "on",
    "utilise": "use",
    "utilize": "use",
    "what is owed": "what is queued",
    "what you hear": "notification settings",
    "whatsoever": "at all",
    "whence": "from where",
    "where time goes": "time in status",
    "where time went": "time in status",
    "whereby": "by which",
    "wherein": "in which",
    "whilst": "while",
    "whitelist": "allowlist",
    "whitelisted": "allowed",
    "whomsoever": "anybody",
    "whose it is": "assignee",
    "whosoever": "anybody who",
    "withal": "also",
    "yonder": "there",
}
"""Words and phrases that occur nowhere, with what to say instead."""

GONE_FROM_DOCS = {
    "anew": "again",
    "asker": "requester",
    "deed": "change",
    "desk's own": "custom, your own",
    "doer": "the person who did it",
    "hear of": "be notified of",
    "hears": "is notified",
    "heir": "successor",
    "in copy": "in CC",
    "one's own": "your own, their own",
    "oneself": "yourself, themselves",
    "out of sight": "deleted",
    "owed": "queued",
    "put off": "snoozed",
    "sanitiser": "sanitizer",
    "takes back": "removes",
    "tidy": "delete, clean up",
    "whoever": "people who, anybody who",
}
"""Words and phrases that are gone from the documents, with what to say instead."""

_PYDANTIC = "pydantic-settings' own name: settings_customise_sources"
EXCEPTIONS = {
    ("commands/checks/dead.py", "customise"): _PYDANTIC,
    ("lib/core/settings.py", "customise"): _PYDANTIC,
    ("tests/test_house.py", "customise"): _PYDANTIC,
}
"""Where a word is right all the same, by file and word, with the reason."""


def files() -> list[str]:
    """The text files of the checkout that we write."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.splitlines() if Path(name).suffix in KINDS and name not in NOT_OURS]


def pattern(words: dict[str, str]) -> re.Pattern[str]:
    """Find whole words in plain text, and as parts of names: the words may be joined by spaces or _."""
    some = "|".join(
        re.escape(word).replace(r"\ ", r"[\s_]+") for word in sorted(words, key=len, reverse=True)
    )
    return re.compile(rf"(?<![a-z])(?:{some})(?![a-z])", re.IGNORECASE)


def plain(text: str) -> str:
    """Return the text with the parts of CamelCaseNames apart, and wrapped phrases on one line."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text)
    return re.sub(r"\s*\n[ \t#*>|-]*", " ", apart)


@cache
def plain_file(name: str) -> str:
    """Read a file as plain text, once."""
    return plain((ROOT / name).read_text()) if (ROOT / name).exists() else ""


def found(words: dict[str, str], names: list[str]) -> list[tuple[str, str]]:
    """Each file and word that occurs there."""
    if not words:
        return []
    hits = []
    for name in names:
        said = pattern(words).findall(plain_file(name))
        hits += [(name, re.sub(r"[\s_]+", " ", word).lower()) for word in said]
    return sorted(set(hits))


def told(hits: list[tuple[str, str]]) -> list[str]:
    """The hits that are no exceptions, each with what to say instead."""
    words = GONE | GONE_FROM_DOCS
    return [f"{name}: {word} ({words[word]})" for name, word in hits if (name, word) not in EXCEPTIONS]


def test_no_word_comes_back():
    assert told(found(GONE, files())) == []


def test_no_word_comes_back_to_the_documents():
    assert told(found(GONE_FROM_DOCS, [name for name in files() if name.endswith(".md")])) == []


def test_each_exception_is_needed():
    there = found(GONE | GONE_FROM_DOCS, files())
    assert [exception for exception in EXCEPTIONS if exception not in there] == []


@pytest.mark.parametrize(
    "text",
    ["Log in here", "def log_in():", "class LogIn:", "a # log\n    # in", "please log\nin", "THE LOG_IN"],
)
def test_a_word_is_found_in_names_and_across_lines(text):
    assert pattern({"log in": ""}).search(plain(text))


@pytest.mark.parametrize("text", ["the blog indexes it", "login", "catalog_index"])
def test_a_part_of_another_word_is_none(text):
    assert not pattern({"log in": ""}).search(plain(text))
