"""The graph's nodes, one a file: each is given what it needs, reads the state and returns what it changes."""
