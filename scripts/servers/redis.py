"""An own redis-server on a unix socket that only its owner may open."""

import hashlib
import os
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

from scripts.servers import binaries
from scripts.servers.problems import StartFailed
from scripts.servers.server import Server

SOCKET_LIMIT = 100  # bytes of a unix socket's path: 107 on Linux, 103 on macOS


class EmbeddedRedis(Server):
    """redis-server with its data in `data_dir`/redis: every write in the append-only file, on the disk each second."""

    name = "Redis"
    program = "redis-server"

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self.folder = self.data_dir / "redis"
        self.socket = self._socket_folder() / "redis.sock"

    @property
    def url(self) -> str:
        """For REDIS_URL."""
        return f"unix://{quote(str(self.socket))}?db=0"

    def _socket_folder(self) -> Path:
        """The data folder; when its path is too long for a socket, a private one in the temporary folder."""
        if len(os.fsencode(self.folder / "redis.sock")) <= SOCKET_LIMIT:
            return self.folder
        unique = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"quorum-{os.getuid()}-{unique}"

    def find(self) -> binaries.Binary:
        """See `Server.find`."""
        return binaries.find_redis()

    def options(self) -> list[str]:
        """See `Server.options`."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        make_private(self.socket.parent)
        self.socket.unlink(missing_ok=True)
        return [
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.folder), "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--daemonize", "no", "--loglevel", "notice"),
        ]

    def answers(self) -> bool:
        """Whether it says PONG; while it loads its data it says LOADING instead."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def stop(self) -> None:
        """Stop it, and leave nothing in the temporary folder."""
        if self.process is None:
            return
        super().stop()
        self.socket.unlink(missing_ok=True)
        if self.socket.parent != self.folder and self.socket.parent.exists():
            self.socket.parent.rmdir()


def make_private(folder: Path) -> None:
    """Make `folder` ours alone: in the temporary folder, anybody could have made it before us."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise StartFailed(f"{folder} belongs to somebody else: Redis' socket cannot be there")
    folder.chmod(0o700)
