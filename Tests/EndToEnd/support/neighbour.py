"""Somebody else on the same service, who must not notice what a test does to its own connection."""

from contextlib import contextmanager

from .person import newcomer
from .service import Running
from .wire import Wire, get


class Neighbour:
    """Keeps a connection and a socket, and uses both."""

    def __init__(self, wire: Wire, socket):
        self.wire = wire
        self.socket = socket

    def is_fine(self):
        self.wire.send(get())
        assert self.wire.answer().status == 200
        self.socket.expect("pong", self.socket.send("ping"))


@contextmanager
def neighbour_of(service: Running):
    with Wire(service.port) as wire, newcomer(service).socket() as socket:
        yield Neighbour(wire, socket)
