"""Databases of the tests, on the PostgreSQL that script/test started."""

import os
import secrets
import time
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


def cluster_url() -> str:
    return os.environ["PARLEY_TEST_DATABASE_URL"]


@contextmanager
def fresh_database():
    """The URL of an empty database of its own, dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(cluster_url(), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(cluster_url())._replace(path=f"/{name}"))
        finally:
            drop(admin, name)


def drop(admin: psycopg.Connection, name: str):
    """Drops a database with whoever is still in it."""
    for _ in range(50):
        try:
            return admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            # An autovacuum worker is in it, whom only a superuser may end. It leaves by itself.
            time.sleep(0.2)
    raise AssertionError(f"the database {name} could not be dropped")
