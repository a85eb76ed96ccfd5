"""scripts/run.py as a person at a terminal, or a process manager, meets it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from scripts.servers import instance
from tests.scripts.processes import (
    LONGEST,
    ROOT,
    Script,
    alive,
    command_of,
    descendants,
    eventually,
    free_port,
    refusal,
    started,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")
READY = "Quorum is ready"
DEAD_PORT = "127.0.0.1:9"  # the discard service, which nobody runs


class Forum:
    """A forum on a data folder and port of its own."""

    def __init__(self, script: Script, data: Path, port: int) -> None:
        self.script = script
        self.data = data
        self.port = port

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=LONGEST) as answer:
            return int(answer.status)

    def app_processes(self) -> set[int]:
        children = descendants(self.script.process.pid)
        return {pid for pid in children if command_of(pid).endswith(("-m app.serve", "--prepare-first"))}

    def visits(self) -> int:
        """One more document in a collection of the forum's database: how many are there now?"""
        note = instance.read_note(self.data)
        assert note is not None
        with MongoClient[dict[str, int]](note.mongodb_uri) as client:
            client.quorum.visits.insert_one({})
            return client.quorum.visits.count_documents({})


@pytest.fixture(scope="module")
def forum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forum]:
    """Two processes; the tests below share it and leave it running, the last one kills it."""
    folder, port = tmp_path_factory.mktemp("run"), free_port()
    arguments = ("--processes", "2", "--bind", f"127.0.0.1:{port}", "--data-dir", str(folder / "var"))
    with started("run", *arguments, log=folder / "log") as script:
        script.wait_for(READY)
        yield Forum(script, folder / "var", port)


def test_it_serves_with_as_many_processes_as_asked_for(forum: Forum) -> None:
    assert forum.get("/readyz") == 200
    assert len(forum.app_processes()) == 2


def test_an_empty_forum_says_how_to_get_an_administrator(forum: Forum) -> None:
    forum.script.wait_for("scripts/admin.py create")
    forum.script.wait_for("scripts/seed.py")


def test_a_killed_process_is_replaced(forum: Forum) -> None:
    before = forum.app_processes()
    os.kill(min(before), signal.SIGKILL)
    eventually(lambda: len(forum.app_processes() - before) == 1)
    forum.script.wait_for("was ended by SIGKILL")
    assert forum.get("/readyz") == 200


def test_sighup_replaces_every_process_without_a_failed_request(forum: Forum) -> None:
    eventually(lambda: len(forum.app_processes()) == 2)
    before = forum.app_processes()
    forum.script.process.send_signal(signal.SIGHUP)

    def all_new() -> bool:
        assert forum.get("/") == 200
        return len(forum.app_processes() - before) == 2 and not alive(before)

    eventually(all_new)


def test_a_second_one_on_the_same_data_folder_is_refused(forum: Forum) -> None:
    code, words = refusal("run", "--bind", f"127.0.0.1:{free_port()}", "--data-dir", str(forum.data))
    assert code == 1
    assert words.strip() == (
        f"The data folder {forum.data} is in use by another Quorum (process {forum.script.process.pid})"
    )


def test_a_second_one_on_the_same_port_is_refused(forum: Forum, tmp_path: Path) -> None:
    code, words = refusal("run", "--bind", f"127.0.0.1:{forum.port}", "--data-dir", str(tmp_path))
    assert code == 1
    assert words.startswith(f"Cannot listen on 127.0.0.1:{forum.port} (address already in use)")


def test_another_script_finds_the_running_servers(forum: Forum) -> None:
    program = "\n".join(
        [
            "from app.settings import load_settings",
            "from scripts import servers",
            f"with servers.available(load_settings(data_dir={str(forum.data)!r})) as settings:",
            "    print(settings.mongodb_uri.get_secret_value())",
        ]
    )
    environment = {**os.environ, "MONGODB_URI": "", "REDIS_URL": ""}
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    note = instance.read_note(forum.data)
    assert note is not None
    assert found.stdout.strip() == note.mongodb_uri


def test_nothing_is_left_after_kill_9(forum: Forum) -> None:
    children = descendants(forum.script.process.pid)
    commands = " ".join(map(command_of, children))
    assert all(name in commands for name in ("mongod", "redis-server", "app.serve"))
    forum.script.signal(signal.SIGKILL)
    eventually(lambda: not alive(children))


def test_it_stops_cleanly_and_keeps_its_data(tmp_path: Path) -> None:
    """One test for both signals: two could run in processes that share no folder."""
    data = tmp_path / "var"
    for visits, last in enumerate((signal.SIGTERM, signal.SIGINT), start=1):
        arguments = ("--bind", f"127.0.0.1:{free_port()}", "--data-dir", str(data))
        with started("run", *arguments, log=tmp_path / "log") as script:
            script.wait_for(READY)
            assert Forum(script, data, 0).visits() == visits
            children = descendants(script.process.pid)
            assert script.signal(last) == 0
        assert not alive(children)
        assert "Traceback" not in script.output
        assert not (data / instance.NOTE_FILE).exists()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"QUORUM_BIND": "nonsense"}, "QUORUM_BIND: must be HOST:PORT"),
        ({"QUORUM_SECRET_KEY": "short"}, "QUORUM_SECRET_KEY must have at least 32 characters"),
    ],
)
def test_a_wrong_setting_is_one_sentence(settings: dict[str, str], sentence: str, tmp_path: Path) -> None:
    code, words = refusal("run", "--data-dir", str(tmp_path), **settings)
    assert code == 2
    assert words.startswith(sentence)
    assert words.count("\n") == 1


@pytest.mark.parametrize(
    ("setting", "uri", "sentence"),
    [
        ("MONGODB_URI", f"mongodb://ann:s3cret@{DEAD_PORT}/", f"MongoDB at {DEAD_PORT} does not answer (MONGODB_URI)"),
        ("REDIS_URL", f"redis://:s3cret@{DEAD_PORT}/0", f"Redis at {DEAD_PORT} does not answer (REDIS_URL)"),
    ],
)
def test_a_server_that_does_not_answer_is_one_sentence(setting: str, uri: str, sentence: str, tmp_path: Path) -> None:
    arguments = ("--bind", f"127.0.0.1:{free_port()}", "--data-dir", str(tmp_path))
    code, words = refusal("run", *arguments, **{setting: uri})
    assert code == 1
    assert words.startswith(sentence)
    assert words.count("\n") == 1
    assert "s3cret" not in words


def test_a_port_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, words = refusal("run", "--bind", f"127.0.0.1:{port}", "--data-dir", str(tmp_path))
    assert code == 1
    assert "--bind HOST:PORT" in words
