"""An own mongod: a replica set of one on loopback, for transactions, change streams and retryable writes."""

import json
import os
import random
import socket
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from scripts.servers import binaries
from scripts.servers.server import Server

REPLICA_SET = "quorum"
NOT_YET_INITIALIZED = 94  # MongoDB's error code
PORTS = range(20_000, 32_000)  # below what systems give to outgoing connections, so that a free one stays free
OPLOG_MIB = 256


class EmbeddedMongo(Server):
    """mongod with its data in `data_dir`/mongo. `cache_gb` is WiredTiger's; the process takes about 0.2 GB more.

    Anybody on this machine can connect: it is for machines of one's own.
    """

    name = "MongoDB"
    program = "mongod"

    def __init__(self, data_dir: Path, cache_gb: float = 0.5) -> None:
        super().__init__(data_dir)
        self.cache_gb = cache_gb
        self.port = 0
        self._port_file = self.data_dir / "mongod.port"

    @property
    def host(self) -> str:
        """Its name in the replica set."""
        return f"127.0.0.1:{self.port}"

    @property
    def uri(self) -> str:
        """For MONGODB_URI; known once it is spawned, and the same when it is started again."""
        return f"mongodb://{self.host}/?directConnection=true"

    def find(self) -> binaries.Binary:
        """See `Server.find`."""
        return binaries.find_mongod()

    def options(self) -> list[str]:
        """See `Server.options`."""
        folder = self.data_dir / "mongo"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.port = self.port or free_port(self._kept_port())
        self._port_file.write_text(str(self.port))
        return [
            *("--dbpath", str(folder), "--bind_ip", "127.0.0.1", "--port", str(self.port)),
            *("--replSet", REPLICA_SET, "--oplogSize", str(OPLOG_MIB), "--wiredTigerCacheSizeGB", str(self.cache_gb)),
            *("--quiet", "--setParameter", "diagnosticDataCollectionEnabled=false"),
            *(() if os.name == "nt" else ("--nounixsocket",)),
        ]

    def _kept_port(self) -> int:
        """The port of last time: with the same one the replica set needs no change."""
        text = self._port_file.read_text() if self._port_file.exists() else ""
        return int(text) if text.isdecimal() else 0

    def answers(self) -> bool:
        """Whether it is the primary; makes it so on the way."""
        if not listens(self.port):
            return False
        try:
            # A new client each time: one that saw the server without its configuration keeps that picture.
            with self._client() as client:
                return is_primary(client) or self._configure(client)
        except PyMongoError:
            return False

    def _client(self) -> MongoClient[dict[str, Any]]:
        return MongoClient(self.uri, serverSelectionTimeoutMS=2_000)

    def _configure(self, client: MongoClient[dict[str, Any]]) -> bool:
        """Make the replica set, or tell it of a new port; never done yet, as the election follows."""
        try:
            config = client.admin.command("replSetGetConfig")["config"]
        except OperationFailure as error:
            if error.code == NOT_YET_INITIALIZED:
                members = [{"_id": 0, "host": self.host}]
                client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
            return False
        if config["members"][0]["host"] != self.host:
            config["members"][0]["host"] = self.host
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)
        return False

    def last_words(self) -> str:
        """The last error in the log, which has one JSON object a line."""
        lines = self.log.read_text(errors="replace").splitlines()[-200:] if self.log.exists() else []
        errors = [entry for entry in map(parsed, lines) if entry.get("s") in ("E", "F")]
        worst = next((entry for entry in errors if "error" in entry.get("attr", {})), errors[-1] if errors else None)
        return json.dumps([worst["msg"], worst.get("attr", {})])[:400] if worst else super().last_words()


def parsed(line: str) -> dict[str, Any]:
    """A line of mongod's log; empty when it is something else."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def is_primary(client: MongoClient[dict[str, Any]]) -> bool:
    """Whether the server takes writes."""
    return bool(client.admin.command("hello").get("isWritablePrimary"))


def listens(port: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket() as connection:
        connection.settimeout(1)
        return connection.connect_ex(("127.0.0.1", port)) == 0


def free_port(wanted: int = 0) -> int:
    """`wanted` when it is free, else any that is."""
    candidates = [wanted] if wanted else []
    for port in [*candidates, *random.sample(PORTS, 100)]:
        with socket.socket() as probe:
            # As mongod does, so that connections of its last run that linger do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if can_bind(probe, port):
                return port
    raise OSError("no free port")


def can_bind(probe: socket.socket, port: int) -> bool:
    """Whether nobody else listens there."""
    try:
        probe.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
