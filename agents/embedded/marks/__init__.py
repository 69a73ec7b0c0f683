"""How the in-process model marks one requirement: words, meaning, stated facts, and the quotes for them."""
