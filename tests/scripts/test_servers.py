"""The embedded servers by themselves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from pymongo import MongoClient

from app.settings import Settings
from scripts.servers import (
    DataFolderInUse,
    EmbeddedMongo,
    EmbeddedRedis,
    MissingServer,
    StartFailed,
    Unreachable,
    available,
    binaries,
    children,
    given,
    instance,
    locked,
)
from scripts.servers.mongo import free_port
from scripts.servers.server import Server
from tests.scripts.processes import ROOT, alive, eventually


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[EmbeddedMongo]:
    server = EmbeddedMongo(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def small_redis(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(tmp_path)
    yield server
    server.stop()


def kill(server: Server) -> None:
    assert server.process is not None
    server.process.kill()
    server.process.wait()


def count_one_more(mongo: EmbeddedMongo) -> int:
    """In a transaction, which only a replica set has."""
    with (
        MongoClient[dict[str, int]](mongo.uri, w="majority") as client,
        client.start_session() as session,
        session.start_transaction(),
    ):
        client.test.visits.insert_one({}, session=session)
        return client.test.visits.count_documents({}, session=session)


def test_mongodb_keeps_its_data_also_when_killed_and_on_another_port(mongo: EmbeddedMongo, tmp_path: Path) -> None:
    mongo.start()
    assert count_one_more(mongo) == 1
    kill(mongo)
    assert mongo.ended
    again = EmbeddedMongo(tmp_path)
    again.port = free_port()
    again.start()
    assert again.port != mongo.port
    assert count_one_more(again) == 2
    again.stop()


def test_mongodb_prefers_the_port_of_last_time_unless_somebody_has_it() -> None:
    wanted = free_port()
    assert free_port(wanted) == wanted
    with socket.create_server(("127.0.0.1", wanted)):
        assert free_port(wanted) != wanted


def test_mongodb_is_for_this_machine_only(mongo: EmbeddedMongo) -> None:
    mongo.start()
    with MongoClient[dict[str, object]](mongo.uri) as client:
        options = client.admin.command("getCmdLineOpts")["parsed"]
    assert options["net"]["bindIp"] == "127.0.0.1"
    assert not options["net"]["unixDomainSocket"]["enabled"]


def test_a_start_that_fails_says_why_and_leaves_nothing(mongo: EmbeddedMongo, tmp_path: Path) -> None:
    (tmp_path / "mongo").mkdir()
    (tmp_path / "mongo" / "storage.bson").write_text("not a database")
    with pytest.raises(StartFailed, match="MongoDB does not start") as caught:
        mongo.start()
    assert str(mongo.log) in caught.value.message
    assert mongo.process is None


def test_redis_keeps_its_data_also_when_killed(small_redis: EmbeddedRedis, tmp_path: Path) -> None:
    small_redis.start()
    with redis.Redis.from_url(small_redis.url) as client:
        client.set("visits", 7)
    kill(small_redis)
    again = EmbeddedRedis(tmp_path)
    again.start()
    with redis.Redis.from_url(again.url) as client:
        assert client.incr("visits") == 8
    again.stop()


def test_redis_is_for_its_owner_only(small_redis: EmbeddedRedis) -> None:
    small_redis.start()
    assert small_redis.socket.stat().st_mode & 0o777 == 0o700
    assert small_redis.socket.parent.stat().st_mode & 0o777 == 0o700


def test_a_long_path_gives_redis_a_socket_in_a_private_folder(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / ("long" * 30))
    folder = server.socket.parent
    server.start()
    assert len(os.fsencode(server.socket)) < 100
    assert folder.stat().st_mode & 0o777 == 0o700
    server.stop()
    assert not folder.exists()


def test_a_socket_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path)
    server.socket = tmp_path / "trap" / "redis.sock"
    server.socket.parent.symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(StartFailed, match="belongs to somebody else"):
        server.start()


def test_a_child_is_only_started_from_the_main_thread(tmp_path: Path) -> None:
    caught: list[Exception] = []

    def start() -> None:
        try:
            children.spawn([sys.executable], pid_file=tmp_path / "pid")
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert caught


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start does it")
def test_a_child_ends_with_its_killed_parent(tmp_path: Path) -> None:
    program = "\n".join(
        [
            "import sys, pathlib, signal",
            "from scripts.servers import children",
            "stay = [sys.executable, '-c', 'import signal; signal.pause()']",
            f"print(children.spawn(stay, pid_file=pathlib.Path({str(tmp_path)!r}, 'pid')).pid, flush=True)",
            "signal.pause()",
        ]
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        lived = alive({child})
        parent.send_signal(signal.SIGKILL)
    assert lived
    eventually(lambda: not alive({child}))


def test_a_data_folder_belongs_to_one(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(DataFolderInUse, match=f"process {os.getpid()}"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_note_of_a_killed_process_counts_for_nothing(tmp_path: Path) -> None:
    instance.leave_note(tmp_path, instance.Note(pid=1, mongodb_uri="mongodb://gone", redis_url=None))
    assert (tmp_path / instance.NOTE_FILE).stat().st_mode & 0o777 == 0o600
    with locked(tmp_path):
        assert instance.read_note(tmp_path) is None


def test_scripts_share_the_servers_of_the_one_that_started_them(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, mongodb_uri=None, redis_url=None)
    with available(settings) as first, available(settings) as second:
        assert first.mongodb_uri is not None
        assert (second.mongodb_uri, second.redis_url) == (first.mongodb_uri, first.redis_url)
        given.check_mongodb(first.mongodb_uri.get_secret_value())
    assert not (tmp_path / instance.NOTE_FILE).exists()


def test_a_program_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "mongod"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert binaries.find_mongod().path == own


def test_without_any_program_there_is_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(binaries, "fetch", lambda: None)
    monkeypatch.setattr(binaries, "MONGOD", tmp_path / "mongod")
    monkeypatch.setattr(binaries, "REDIS", tmp_path / "redis-server")
    with pytest.raises(MissingServer, match="set MONGODB_URI"):
        binaries.find_mongod()
    with pytest.raises(MissingServer, match="set REDIS_URL"):
        binaries.find_redis()


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("mongodb://ann:s3cret@one:27017,two:27017/forum", "one:27017,two:27017"),
        ("mongodb+srv://ann:s3cret@cluster.example/", "cluster.example"),
        ("mongodb://ann:s3/cret@one:27017/forum", "(hidden)"),
        ("redis://:s3#cret@one:6379/0", "(hidden)"),
        ("redis://one:6379/0?password=s3cret", "one:6379"),
        ("unix:///run/redis.sock?password=s3cret", "/run/redis.sock"),
    ],
)
def test_a_place_shows_no_password(uri: str, shown: str) -> None:
    assert given.place(uri) == shown


@pytest.mark.parametrize("uri", ["nonsense", "mongodb://ann:s3cret@[/", "mongodb://ann:s3@cret:x@one"])
def test_what_is_no_uri_is_refused_without_showing_it(uri: str) -> None:
    with pytest.raises(Unreachable, match="MONGODB_URI") as caught:
        given.check_mongodb(uri)
    assert "s3cret" not in caught.value.message
    with pytest.raises(Unreachable, match="REDIS_URL"):
        given.check_redis(uri)
