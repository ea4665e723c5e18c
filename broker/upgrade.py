"""Brings the tables of an older broker up to date, in one transaction, without losing a row.

A new database is made as it is now; one that is up to date costs one query. Only for what is between is Alembic asked,
whose scripts are in `migrations`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, MetaData, String, Table, insert, inspect, select

from broker.tables import metadata

FIRST: Final = "0001"
"""Of databases from before their version was written down."""
HEAD: Final = "0003"
MIGRATIONS: Final = Path(__file__).with_name("migrations")

_version: Final = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


class NewerDatabase(Exception):
    """The database was written by a newer broker; the text says so."""


def upgrade(connection: Connection) -> None:
    """Raises NewerDatabase, and SQLAlchemy's errors, having changed nothing."""
    if connection.dialect.name == "sqlite":
        # The driver begins a transaction before rows are written, not before tables are changed.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    tables = inspect(connection).get_table_names()
    if "orders" not in tables:
        metadata.create_all(connection)
        _version.create(connection)
        connection.execute(insert(_version).values(version_num=HEAD))
        return
    version = connection.scalar(select(_version.c.version_num)) if _version.name in tables else FIRST
    if version != HEAD:
        _migrate(connection, version or FIRST, written=_version.name in tables)


def _migrate(connection: Connection, version: str, written: bool) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        ScriptDirectory.from_config(config).get_revision(version)
    except CommandError as error:
        raise NewerDatabase(
            f"a newer broker has written it (version {version}, this one knows up to {HEAD});"
            " start that one, or move the file away"
        ) from error
    if not written:
        command.stamp(config, version)
    command.upgrade(config, "head")
