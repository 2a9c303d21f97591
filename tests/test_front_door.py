"""What new contributors see first: license, changelog, decisions, contributing, workflow, hooks and codes in tests."""

import re
import subprocess
import tomllib
from datetime import date
from pathlib import Path

import yaml

from commands.checks import steps

ROOT = Path(__file__).parents[1]
DECISIONS = ROOT / "docs" / "decisions"
CHANGES = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def text(name):
    return (ROOT / name).read_text()


def test_the_license_is_named_where_people_look():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    assert text("LICENSE").startswith("MIT License\n\nCopyright (c) 2026 The Docket authors\n")
    assert (project["license"], project["license-files"]) == ("MIT", ["LICENSE"])
    assert project["authors"] == [{"name": "The Docket authors"}]
    assert "[MIT license](LICENSE)" in text("README.md")


def test_the_changelog_is_in_the_keep_a_changelog_form():
    first, *releases = re.split(r"^## ", text("CHANGELOG.md"), flags=re.MULTILINE)
    assert first.startswith("# Changelog\n")
    assert "keepachangelog.com" in first
    assert releases[0].startswith("[Unreleased]\n")
    for release in releases:
        kinds = re.findall(r"^### (.+)$", release, re.MULTILINE)
        assert set(kinds) <= CHANGES, kinds
        assert len(kinds) == len(set(kinds)), "each kind of change once"
        lines = [line for line in release.splitlines()[1:] if line]
        assert all(line.startswith(("### ", "- ", "  ")) for line in lines)


def test_decisions_have_a_number_a_date_and_a_status_and_stand_in_the_index():
    files = sorted(DECISIONS.glob("0*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    rows = []
    for file in files:
        head = re.match(r"# (\d+)\. (.+)\n\n- Status: (.+)\n- Date: (\S+)\n\n", file.read_text())
        assert head, f"{file.name} begins with a numbered title, a status and a date"
        number, title, status, day = head.groups()
        assert int(number) == int(file.name[:4])
        assert re.fullmatch(r"proposed|accepted|rejected|superseded by \d+", status)
        date.fromisoformat(day)
        rows.append((number, title, file.name, day, status))
    line = re.compile(r"^\| (\d+) \| \[(.+)\]\((.+)\) \| .+ \| (\S+) \| (.+) \|$", re.MULTILINE)
    assert line.findall((DECISIONS / "README.md").read_text()) == rows
    assert {path.name for path in DECISIONS.iterdir()} == {
        *(f.name for f in files),
        "README.md",
        "dependencies.md",
    }


def test_the_workflow_runs_the_two_commands_of_the_readme():
    jobs = yaml.safe_load(text(".github/workflows/ci.yml"))["jobs"]
    run = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    assert [line for line in run if re.match(r"python3 manage\.py( >|$)", line)]
    assert "python3 manage.py test" in run
    used = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert used and all(re.search(r"@v\d+$", action) for action in used), "pin each action to a version"


def test_the_hooks_are_the_checks_without_tests():
    repositories = yaml.safe_load(text(".pre-commit-config.yaml"))["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"], (
        "no code from elsewhere runs at a commit"
    )
    hooks = {hook["name"]: hook["entry"] for hook in repositories[0]["hooks"]}
    assert {hook["language"] for hook in repositories[0]["hooks"]} == {"system"}
    bins = str(steps.BIN) + "/"
    assert hooks == {step.name: " ".join(step.command).replace(bins, ".venv/bin/") for step in steps.STEPS}


def test_each_code_in_the_tests_is_explained():
    code = r"\b(?:P\d\d|C[1-9]\d?)\b"
    docs = re.compile(r'"""(.*?)"""', re.DOTALL)
    used = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for docstring in docs.findall(path.read_text()) if path != Path(__file__) else ():
            used |= set(re.findall(code, docstring))
            for first, last in re.findall(r"\bP(\d\d)(?:-P| to P)(\d\d)\b", docstring):
                used |= {f"P{number:02}" for number in range(int(first), int(last) + 1)}
    explained = re.findall(rf"^\| ({code}) \|", text("tests/security/README.md"), re.MULTILINE)
    assert sorted(used) == sorted(explained)


def test_what_contributing_names_is_there():
    page = text("CONTRIBUTING.md")
    for chapter in (
        "Set up",
        "Check",
        "Test",
        "Where things go",
        "Add a field",
        "Add a page",
        "Add a permission",
    ):
        assert f"\n## {chapter}\n" in page or f"\n### {chapter}" in page, chapter
    for path in re.findall(r"`([a-z_]+/[\w./]*|[a-z_]+\.py)`", page):
        assert (ROOT / path).exists(), f"CONTRIBUTING.md names {path}"
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert {"LICENSE", "CONTRIBUTING.md", ".pre-commit-config.yaml"} <= set(tracked.splitlines())
