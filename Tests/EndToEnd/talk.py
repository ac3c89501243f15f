"""talk.py URL: the two demo people of a running service say something to each other over two sockets."""

import sys
from urllib.parse import urlsplit

from support.person import Person
from support.service import Running

DEMO_PEOPLE = {"ada": "ada-says-hello", "ben": "ben-says-hello"}


def main(url: str):
    service = Running(urlsplit(url).port)
    ada, ben = (Person(service, *account).log_in() for account in DEMO_PEOPLE.items())
    conversation = ada.conversation_with(ben)
    with ada.socket() as from_ada, ben.socket() as from_ben:
        for writer, reader, text in [(from_ada, from_ben, "hello, Ben"), (from_ben, from_ada, "hello, Ada")]:
            id = writer.send("send_message", {"conversation_id": conversation, "content": text})
            seq = writer.expect("message_ack", id)["seq"]
            while (message := reader.expect("new_message"))["seq"] != seq:
                pass  # an own one, which the other devices of a sender get too
            assert message["content"] == text, message
    print(f"ada and ben talked at {service.url}")


if __name__ == "__main__":
    main(*sys.argv[1:])
