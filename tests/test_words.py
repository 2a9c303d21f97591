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
    "amongst": "among",
    "analyse": "analyze",
    "as things stand": "currently",
    "behaviour": "behavior",
    "blacklist": "denylist",
    "comes to nothing": "has no effect",
    "customise": "customize",
    "deem": "consider",
    "dummy": "sample, fake",
    "e-mail": "email",
    "forthwith": "at once",
    "gathered mail": "combined emails",
    "half took less": "median",
    "hand back": "unassign",
    "hear no more": "mute",
    "henceforth": "from now on",
    "hereby": "leave it out",
    "hitherto": "until now",
    "in groups of": "grouped by",
    "lest": "so that … not",
    "licence": "license",
    "log in": "sign in",
    "mend": "edit, correct",
    "nobody yet": "unassigned",
    "notwithstanding": "despite",
    "organisation": "organization",
    "ought": "should",
    "put aside": "failed",
    "retired to": "archived with successor",
    "sanity": "check",
    "stands below": "is a subcategory of",
    "thereof": "of it",
    "unto": "to",
    "upon": "on",
    "wherein": "in which",
    "whilst": "while",
    "whitelist": "allowlist",
}
"""Words and phrases that occur nowhere, with what to say instead."""

GONE_FROM_DOCS = {
    "anew": "again",
    "colour": "color",
    "deed": "change",
    "hears of": "is notified of",
    "one's own": "your own, their own",
    "owed": "queued",
    "sanitiser": "sanitizer",
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
