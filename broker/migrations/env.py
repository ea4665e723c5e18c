"""Alembic's entry: runs the migrations on the connection that `broker.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from broker.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    # The transaction is the caller's, who began it before anything was changed.
    transactional_ddl=True,
)
context.run_migrations()
