"""Fixtures for the tests of the web client: people of each test's own, and windows that must not complain."""

import secrets

import pytest

from .person import Person, newcomer
from .window import Window


# People for each test alone: a page shows all of somebody's conversations.


@pytest.fixture
def ada(service) -> Person:
    return newcomer(service)


@pytest.fixture
def ben(service) -> Person:
    return newcomer(service)


@pytest.fixture
def conversation(ada, ben) -> str:
    return ada.conversation_with(ben)


@pytest.fixture
def open_window(browser, service):
    """Opens windows that share nothing unless they are `beside` another. None of them may meet an error of its script or of its policy."""
    windows: list[Window] = []

    def open_window(at=service, **options) -> Window:
        windows.append(Window(browser, at, **options))
        return windows[-1]

    yield open_window
    for window in windows:
        window.context.close()
        assert window.complaints == []


@pytest.fixture
def talking(open_window, ada, ben, conversation):
    """Two windows in which ada and ben have their conversation open. Options say how each is opened."""

    def talking(adas: dict = {}, bens: dict = {}) -> tuple[Window, Window]:
        windows = []
        for me, other, options in ((ada, ben, adas), (ben, ada, bens)):
            window = open_window(**options)
            window.sign_in(me.username)
            window.open(other.username)
            windows.append(window)
        return tuple(windows)

    return talking


def unused_name() -> str:
    return f"user_{secrets.token_hex(6)}"
