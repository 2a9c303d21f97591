"""The database: vocabulary, models, engine and migrations."""
