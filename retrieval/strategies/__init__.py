"""One file a strategy; each has `create(snapshot) -> Retriever`, which the entry points of `pyproject.toml` name."""
