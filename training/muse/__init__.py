"""MUSE: one encoder for roles and profiles."""
