"""What a client may push through a websocket, bounded where its bytes arrive: before they are unpacked, queued or kept.

Hypercorn alone agrees to permessage-deflate, whose 64 kB unpack to 64 MB; goes on keeping a message after having said
that it is too big; counts neither fragments nor pings; and waits without end for a peer that takes nothing any more.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import Any, Final

from hypercorn.protocol import h2, h11
from hypercorn.protocol.events import Body, Data, Event, Request, StreamClosed
from hypercorn.protocol.ws_stream import ASGIWebsocketState, WSStream
from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection, Message, Ping

EXTENSIONS: Final = b"sec-websocket-extensions"
# Whole frames, parts of messages, pings and pongs alike.
FRAMES_PER_SECOND: Final = 50.0
BURST: Final = 100.0
MESSAGE_BYTES_MAX: Final = 16 * 1024
POLICY: Final = 1008
TOO_BIG: Final = 1009
# After our goodbye, for the client's; then the connection is cut off.
GOODBYE_SECONDS: Final = 1.0


def install() -> None:
    """Have hypercorn speak to websockets through `BoundedStream`, however it is started."""
    for protocol in (h11, h2):
        protocol.WSStream = BoundedStream  # type: ignore[attr-defined]


class Bucket:
    """How many more frames may come; it refills with time."""

    __slots__ = ("_at", "_left")

    def __init__(self) -> None:
        self._left = BURST
        self._at = time.monotonic()

    def take(self) -> bool:
        """Whether one more is within the bounds."""
        moment = time.monotonic()
        self._left = min(BURST, self._left + (moment - self._at) * FRAMES_PER_SECOND) - 1
        self._at = moment
        return self._left >= 0


class BoundedStream(WSStream):
    """One websocket of hypercorn's. Over a bound it is closed, and nothing more is read from it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._frames = Bucket()
        self._over = self._leaving = False
        self._gone = asyncio.Event()

    async def handle(self, event: Event) -> None:
        """What arrives; nothing that could be unpacked is agreed to, and nothing is looked at after a fault."""
        if isinstance(event, StreamClosed):
            self._gone.set()
        if isinstance(event, Request):
            kept = [(name, value) for name, value in event.headers if name.lower() != EXTENSIONS]
            await super().handle(replace(event, headers=kept))
        elif isinstance(event, Body | Data) and not self.closed:
            await self._take(event)
        else:
            await super().handle(event)

    async def _take(self, event: Body | Data) -> None:
        if self._over or (self.handshake.accepted and self.connection.state is ConnectionState.CLOSED):
            return
        if self.handshake.accepted:
            await super().handle(event)
        else:  # nobody may speak before the answer; the application has to know that there will be no talk
            await super().handle(event)
            await self._tell_gone()

    async def _handle_events(self) -> None:
        for event in self.connection.events():
            if isinstance(event, CloseConnection):
                await self._answer_goodbye(event)
                return
            fault = self._fault(event)
            if fault is not None:
                await self._refuse(fault)
                return
            if isinstance(event, Ping):
                await self._send_wsproto_event(event.response())
            elif isinstance(event, Message) and event.message_finished:
                await self._pass_on()

    def _fault(self, event: object) -> int | None:
        """The code to close with when this was one too many, or makes its message too big."""
        if not self._frames.take():
            return POLICY
        if isinstance(event, Message):
            if self.buffer.length + len(event.data) > MESSAGE_BYTES_MAX:
                return TOO_BIG
            self.buffer.extend(event)
        return None

    async def _pass_on(self) -> None:
        message = self.buffer.to_message()
        self.buffer.clear()
        if self.state is ASGIWebsocketState.CONNECTED and self.app_put is not None:
            await self.app_put(message)

    async def _answer_goodbye(self, event: CloseConnection) -> None:
        """The client's goodbye, or what was no websocket frame, which is answered with its own code."""
        if self.connection.state is ConnectionState.REMOTE_CLOSING:
            await self._send_wsproto_event(event.response())
        elif self.connection.state is ConnectionState.OPEN:
            await self._refuse(event.code)
            return
        await self.send(StreamClosed(stream_id=self.stream_id))

    async def _refuse(self, code: int) -> None:
        """Say why, and read nothing more: who goes on sending is held up by their own full pipe, then cut off.

        The connection stays for a moment, as closing one with something unread takes the reason away with it.
        """
        self._over = True
        self.buffer.clear()
        self._cut_off_later()
        await self._send_wsproto_event(CloseConnection(code=code))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._gone.wait()
        await self._tell_gone()

    async def _tell_gone(self) -> None:
        """Whoever does not take it within a second has gone as well."""
        if self.app_put is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await self.app_put({"type": "websocket.disconnect", "code": POLICY})

    async def app_send(self, message: Any) -> None:
        """What the application says. Once it has said goodbye, or has gone, the peer's time is running."""
        if self._over and message is not None:
            return
        if message is None or message["type"] == "websocket.close":
            self._cut_off_later()
        await super().app_send(message)

    def _cut_off_later(self) -> None:
        if not self._leaving:
            self._leaving = True
            self.task_group.spawn(self._cut_off)

    async def _cut_off(self) -> None:
        """A peer that neither answers nor takes what is written would keep its connection for a quarter of an hour."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._gone.wait()
        transport = self._transport()
        if transport is None:
            return
        if self._gone.is_set() and transport.get_write_buffer_size():
            await asyncio.sleep(GOODBYE_SECONDS)
        if not self._gone.is_set() or transport.get_write_buffer_size():
            transport.abort()

    def _transport(self) -> asyncio.WriteTransport | None:
        """By way of hypercorn's protocol and server, whose methods send; None where other streams share it."""
        protocol = getattr(self.send, "__self__", None)
        server = getattr(getattr(protocol, "send", None), "__self__", None)
        writer: asyncio.StreamWriter | None = getattr(server, "writer", None)
        return writer.transport if writer is not None and not isinstance(protocol, h2.H2Protocol) else None
