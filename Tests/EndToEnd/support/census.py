"""A look at the whole database, to see that nothing in it has changed."""

import psycopg
from psycopg import sql


class Census:
    """Digests of all tables of a service: equal before and after means that nothing was stored, changed or deleted."""

    def __init__(self, database: str):
        self.connection = psycopg.connect(database, autocommit=True)
        tables = self.connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        # When somebody was last there is noted a moment after they went: those of the tests before.
        digest = "SELECT {}, md5(string_agg(row, '' ORDER BY row)) FROM (SELECT md5((to_jsonb(t) - 'last_seen_at')::text) AS row FROM {} t) rows"
        self._question = sql.SQL(" UNION ALL ").join(
            sql.SQL(digest).format(sql.Literal(name), sql.Identifier(name)) for (name,) in tables
        )

    def take(self) -> dict[str, str]:
        return dict(self.connection.execute(self._question).fetchall())

    def one(self, question: str, *parameters):
        """The one value that a question has for an answer."""
        (value,) = self.connection.execute(question, parameters).fetchone()
        return value

    def change(self, statement: str, *parameters) -> int:
        """Changes what no client can, such as the time; answers how many rows it touched."""
        return self.connection.execute(statement, parameters).rowcount
