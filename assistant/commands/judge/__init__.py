"""Commands about the judge that measures searches."""
