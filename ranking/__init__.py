"""The second pass: declared features and the learned ranker that orders the pool."""
