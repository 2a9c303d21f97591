"""Alembic's environment: migrations run inside the transaction that db/schema.py opened."""

import warnings

from alembic import context
from sqlmodel import SQLModel

import db.models  # noqa: F401 - registers the tables
from db.schema import include_object

warnings.filterwarnings("error", module="alembic")

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    include_object=include_object,
    compare_type=True,
    compare_server_default=False,
    transactional_ddl=False,
)
context.run_migrations()
