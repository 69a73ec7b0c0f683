"""What is held out for evaluation and never trained on: decided by the hash of an id, so that nobody keeps a list."""

from __future__ import annotations

from hashlib import blake2b

SALT = "muse-1"
"""Names this division; with another salt other ids are held out, and weights and figures no longer belong together."""
SHARE = 0.2


def held_out(id: str, *, share: float = SHARE, salt: str = SALT) -> bool:
    """Whether the query with this id is for evaluation; true of about `share` (0..1) of all ids.

    What is held out at one share is also held out at every greater one.
    """
    digest = blake2b(f"{salt}:{id}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") < share * 2**64


def held_out_request(qid: str, *, share: float = SHARE) -> bool:
    """The same of a request, made up or judged."""
    return held_out(f"request:{qid}", share=share)
