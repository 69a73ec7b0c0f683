"""What MUSE learns from, and what it never sees."""
