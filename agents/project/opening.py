"""Makes the door for requests from a sourcing that is open."""

from __future__ import annotations

from functools import cache

from agents.embedded import EmbeddedModel
from agents.embedded.decomposing import make_decomposition_job
from agents.embedded.vocabulary import Vocabulary
from agents.project.decomposing import Decomposing
from agents.project.decomposition import Decomposition
from agents.project.project import Projects
from agents.sourcing import Sourcing


def open_projects(sourcing: Sourcing) -> Projects:
    """Projects over `sourcing`; requests are taken apart by the model that understands them."""
    words = cache(lambda: Vocabulary.of(sourcing.snapshot.attributes))
    embedded = EmbeddedModel({Decomposition.__name__: make_decomposition_job(words)})
    models = sourcing.models
    in_process = models is None or models.config.of("understanding").embedded
    model = embedded if models is None or in_process else models.of("understanding")
    return Projects(sourcing=sourcing, decomposing=Decomposing(model, fallback=embedded))
