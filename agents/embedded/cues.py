"""Words of English that carry a request: what leads in, what makes a wish a must, a nice-to-have or an exclusion."""

from __future__ import annotations

from agents.embedded.grammar import expression

LEAD = expression("cues.lead")
"""One lead-in, to be taken off the start of a clause again and again."""

TRAIL = expression("cues.trail")

EXCLUDE = expression("cues.exclude")
"""An exclusion at the start of a clause."""

EXCLUDE_INSIDE = expression("cues.exclude_inside")

NICE_BEFORE = expression("cues.nice_before")
"""A wish that need not hold, said at the start of a clause."""

NICE_AFTER = expression("cues.nice_after")
"""A wish that need not hold, said at the end of a clause."""

NOT_NEEDED = expression("cues.not_needed")
"""What somebody need not have: no requirement at all."""

HEADER = expression("cues.header")
"""A heading that says how much what follows binds."""
