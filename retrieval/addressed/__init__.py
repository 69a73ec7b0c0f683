"""Text in a profile that speaks to whoever reads it, or hides from people: it says nothing of the person.

Nothing here depends on a role or a model, so that such text is kept out of everything alike: it is not parsed, not
indexed, not given vectors, not marked and not quoted. It stays in `Profile.text` for people to read.
"""

from retrieval.addressed.finding import addressed, heard, know
from retrieval.addressed.profile import about, sparing
from retrieval.addressed.rules import rules

__all__ = ["about", "addressed", "heard", "know", "rules", "sparing"]
