"""An invented population: plausible people over real occupations, tasks and cities, and the truth about them."""

from offline.synthetic.parquet import Written, write
from offline.synthetic.population import generate, person
from offline.synthetic.truth import Truth

__all__ = ["Truth", "Written", "generate", "person", "write"]
