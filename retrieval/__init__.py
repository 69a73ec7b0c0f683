"""Everything that finds people: the schema, ingest, the snapshot and its engines, and one file per strategy."""
