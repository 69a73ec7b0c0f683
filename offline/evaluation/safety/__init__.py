"""Suites that try to talk the product into what it must not do."""
