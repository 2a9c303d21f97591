"""The commands that set Docket up and check it, and the files that they stand on."""

import os
import re
import runpy
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import manage
from commands.checks import chromium, steps
from commands.checks import tests as checks
from commands.shell import server
from commands.shell.group import docket
from lib.core.errors import Invalid

ROOT = Path(__file__).parents[1]
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bxox[abps]-\d{6,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}|\bsk-[A-Za-z0-9]{32,}"
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with a lock and, as it seems, a Python in .venv."""
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    (tmp_path / "uv.lock").write_text("version = 1")
    places = {"ROOT": tmp_path, "VENV": venv, "PYTHON": venv / "bin" / "python"}
    places |= {"STAMP": venv / "docket.stamp", "BOOTSTRAP": tmp_path / ".bootstrap"}
    for name, place in places.items():
        monkeypatch.setattr(manage, name, place)
    return tmp_path


class TestSettingUp:
    def test_a_checkout_without_a_stamp_is_not_ready(self, checkout):
        assert not manage.ready(dev=False)

    def test_tools_are_needed_only_by_the_tests(self, checkout):
        manage.STAMP.write_text(manage.stamp(dev=False))
        assert manage.ready(dev=False)
        assert not manage.ready(dev=True)

    def test_an_environment_with_tools_serves_too(self, checkout):
        manage.STAMP.write_text(manage.stamp(dev=True))
        assert manage.ready(dev=False)
        assert manage.ready(dev=True)

    def test_a_changed_lock_is_noticed(self, checkout):
        manage.STAMP.write_text(manage.stamp(dev=True))
        (checkout / "uv.lock").write_text("version = 2")
        assert not manage.ready(dev=False)

    def test_a_python_that_went_away_is_noticed(self, checkout):
        manage.STAMP.write_text(manage.stamp(dev=True))
        manage.PYTHON.unlink()
        assert not manage.ready(dev=False)

    def test_an_environment_without_its_python_is_made_anew(self, checkout, monkeypatch):
        manage.PYTHON.unlink()
        (manage.VENV / "left").touch()
        monkeypatch.setattr(manage, "sync_with_uv", lambda **_: manage.VENV.mkdir() or True)
        manage.set_up(dev=False)
        assert not (manage.VENV / "left").exists()

    def test_it_is_stamped_once_and_then_left_alone(self, checkout, monkeypatch):
        synced = []
        monkeypatch.setattr(manage, "sync_with_uv", lambda *, dev: synced.append(dev) or True)
        manage.set_up(dev=True)
        manage.set_up(dev=True)
        manage.set_up(dev=False)
        assert synced == [True]

    def test_pip_is_tried_where_uv_fails(self, checkout, monkeypatch, capsys):
        monkeypatch.setattr(manage, "sync_with_uv", lambda **_: False)
        monkeypatch.setattr(manage, "sync_with_pip", lambda **_: True)
        manage.set_up(dev=False)
        assert "trying pip" in capsys.readouterr().err
        assert manage.ready(dev=False)

    def test_without_packages_it_ends_with_a_sentence_and_no_stamp(self, checkout, monkeypatch):
        monkeypatch.setattr(manage, "sync_with_uv", lambda **_: False)
        monkeypatch.setattr(manage, "sync_with_pip", lambda **_: False)
        with pytest.raises(SystemExit, match="Check the network"):
            manage.set_up(dev=False)
        assert not manage.ready(dev=False)

    def test_a_second_start_waits_for_the_first(self, checkout):
        with manage.alone():
            child = subprocess.Popen([sys.executable, "-c", self.START, str(checkout)], cwd=ROOT)
            with pytest.raises(subprocess.TimeoutExpired):
                child.wait(1)
            assert not manage.ready(dev=False)
        assert child.wait(20) == 0
        assert manage.ready(dev=False)

    START = """
import sys, pathlib, manage
root = pathlib.Path(sys.argv[1])
manage.ROOT, manage.BOOTSTRAP, manage.VENV = root, root / ".bootstrap", root / ".venv"
manage.PYTHON, manage.STAMP = manage.VENV / "bin" / "python", manage.VENV / "docket.stamp"
manage.sync_with_uv = lambda *, dev: True
manage.set_up(dev=False)
"""

    def test_an_older_python_gets_a_sentence(self, monkeypatch):
        monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
        with pytest.raises(SystemExit, match=re.escape("3.11 or newer, and this is Python 3.10")):
            runpy.run_path(str(ROOT / "manage.py"))

    def test_it_works_from_any_folder_even_one_with_a_lib_of_its_own(self, tmp_path):
        (tmp_path / "lib").mkdir()
        (tmp_path / "lib" / "__init__.py").write_text("raise SystemExit('the wrong lib')")
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        words = [sys.executable, "-P", "-m", "commands", "--help"]
        said = subprocess.run(words, cwd=tmp_path, env=env, check=True, capture_output=True, text=True).stdout
        assert "run" in said


class TestCommands:
    def test_every_command_takes_a_data_folder(self):
        context = click.Context(docket)
        found = [docket.get_command(context, name) for name in docket.list_commands(context)]
        leaves = [leaf for each in found for leaf in getattr(each, "commands", {"": each}).values()]
        assert {"run", "test"} <= {leaf.name for leaf in leaves}
        assert [leaf.name for leaf in leaves if "data" not in {p.name for p in leaf.params}] == []

    def test_the_data_folder_is_meant_from_where_one_stands(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(server, "listen", self.tell)
        said = CliRunner().invoke(docket, ["run", "--data", "desk"])
        assert said.output == f"Error: {tmp_path / 'desk'}\n"

    @staticmethod
    def tell(_host, _port):
        raise click.ClickException(os.environ["DOCKET_DATA"])

    def test_a_refusal_is_a_sentence(self, monkeypatch):
        def refuse(_host, _port):
            raise Invalid("There is no such thing.")

        monkeypatch.setattr(server, "listen", refuse)
        said = CliRunner().invoke(docket, ["run"])
        assert (said.exit_code, said.output) == (1, "Error: There is no such thing.\n")

    def test_a_wrong_setting_is_a_sentence(self, monkeypatch):
        monkeypatch.setenv("DOCKET_SECRET_KEY", "changeme")
        said = CliRunner().invoke(docket, ["run", "--port", "0"])
        assert said.exit_code == 1
        assert said.output.startswith("Error: A setting is wrong.")

    def test_answers_on_kept_connections_do_not_wait(self):
        with (
            server.listen("127.0.0.1", 0) as listening,
            socket.create_connection(listening.getsockname()),
            listening.accept()[0] as accepted,
        ):
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    def test_a_taken_port_is_a_sentence(self):
        with server.listen("127.0.0.1", 0) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(click.ClickException, match=f"port {port}: Address already in use"):
                server.listen("127.0.0.1", port)

    def test_help_imports_nothing_heavy(self):
        code = """
import sys
from commands.shell.group import docket
docket(["--help"], standalone_mode=False)
heavy = {"pandas", "playwright", "pydantic", "sqlalchemy", "streamlit", "uvicorn"} & set(sys.modules)
sys.exit(str(heavy) if heavy else 0)
"""
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


class TestChecking:
    def report(self, tmp_path, **counts):
        words = " ".join(f'{name}="{number}"' for name, number in counts.items())
        path = tmp_path / "report.xml"
        path.write_text(f"<testsuites><testsuite {words}/></testsuites>")
        return path

    def test_the_report_is_counted(self, tmp_path):
        report = self.report(tmp_path, tests=10, failures=2, errors=1, skipped=3)
        assert checks.parse_report(report, 1) == checks.Count(passed=4, failed=3, skipped=3)

    def test_no_report_is_a_failure(self, tmp_path):
        assert checks.parse_report(tmp_path / "none.xml", 4) == checks.Count(0, 1, 0)

    def test_a_bad_end_is_a_failure_even_if_all_tests_passed(self, tmp_path):
        report = self.report(tmp_path, tests=3, failures=0, errors=0, skipped=0)
        assert checks.parse_report(report, 3).failed == 1
        assert checks.parse_report(report, 0).failed == 0

    def test_every_tool_is_there(self):
        assert [step.name for step in steps.STEPS if not Path(step.command[0]).exists()] == []

    def test_chromium_is_what_chrome_says(self, monkeypatch, tmp_path):
        program = tmp_path / "my-chrome"
        program.touch(mode=0o755)
        monkeypatch.setenv("CHROME", str(program))
        assert chromium.find() == str(program)

    def test_a_chrome_that_is_not_there_is_not_replaced_by_another(self, monkeypatch, tmp_path):
        monkeypatch.setenv("CHROME", str(tmp_path / "none"))
        assert chromium.find() is None
        assert chromium.install() is None

    def test_chromium_is_installed_where_it_can_be(self, monkeypatch, tmp_path, capsys):
        apt = tmp_path / "apt-get"
        apt.write_text(f"#!/bin/sh\ncd {tmp_path}\necho $* >> asked\n: > chromium\n/bin/chmod +x chromium\n")
        apt.chmod(0o755)
        monkeypatch.delenv("CHROME", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(chromium, "PROGRAM_PATHS", ())
        assert chromium.find() is None
        assert chromium.install() == str(tmp_path / "chromium")
        asked = (tmp_path / "asked").read_text().splitlines()
        assert asked == ["-qq update", "-qq install --yes chromium fonts-liberation"]


class TestFiles:
    def test_requirements_are_the_exported_lock(self):
        words = ["export", "--frozen", "--no-dev", "--no-header", "--no-annotate", "--quiet", "--offline"]
        uv = Path(sys.executable).parent / "uv"
        exported = subprocess.run([uv, *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout
        assert (ROOT / "requirements.txt").read_text() == exported, "run: uv " + " ".join(words[:-2])

    def test_every_package_is_pinned(self):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
        assert [name for name in wanted if not re.match(r"[\w.\[\]-]+==[\w.]+", name)] == []

    def test_manage_brings_the_uv_that_the_lock_names(self):
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())
        assert manage.UV in project["dependency-groups"]["dev"]

    @pytest.mark.parametrize(
        ("section", "option", "value"),
        [
            ("browser", "gatherUsageStats", False),
            ("client", "allowedOrigins", []),
            ("client", "showErrorDetails", "none"),
            ("client", "showErrorLinks", False),
            ("client", "toolbarMode", "minimal"),
            ("logger", "enableRich", False),
            ("runner", "postScriptGC", False),
            ("server", "address", "127.0.0.1"),
            ("server", "disconnectedSessionTTL", 120),
            ("server", "enableAgentApi", False),
            ("server", "enableCORS", True),
            ("server", "enableStaticServing", False),
            ("server", "enableXsrfProtection", True),
            ("server", "fileWatcherType", "none"),
            ("server", "headless", True),
            ("server", "maxUploadSize", 25),
            ("server", "trustedUserHeaders", '{"X-Docket-Who": "who"}'),
        ],
    )
    def test_streamlit_is_set_up_safely(self, section, option, value):
        from streamlit import config

        chosen = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
        assert chosen[section][option] == value
        assert f"{section}.{option}" in config._config_options_template

    def test_ci_runs_what_the_readme_tells_people_to_run(self):
        script = (ROOT / ".ci" / "run").read_text()
        assert "set -eu" in script
        assert script.rstrip().endswith("python3 manage.py test")
        assert os.access(ROOT / ".ci" / "run", os.X_OK)
        assert "python3 manage.py test" in (ROOT / "README.md").read_text()

    def test_no_file_names_a_place_on_somebodys_machine_or_holds_a_secret(self):
        found = []
        for name in git("ls-files").splitlines():
            try:
                text = (ROOT / name).read_text()
            except (UnicodeDecodeError, FileNotFoundError):
                continue
            found += [(name, hit[0]) for rule in (SECRETS, MACHINE_PATHS) for hit in rule.finditer(text)]
        assert found == []

    def test_a_desks_own_files_are_never_committed(self):
        kept = ["data/docket.db", "docket.toml", ".env", ".streamlit/secrets.toml", "screenshots/a.png"]
        assert git("check-ignore", *kept).split() == kept
        assert [name for name in git("ls-files").splitlines() if name.startswith(("data/", ".venv/"))] == []
