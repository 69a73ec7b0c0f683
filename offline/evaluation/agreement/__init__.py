"""Agreement of judging models with people: scored pairs in, kappa with intervals and the disagreements out."""

from offline.evaluation.agreement.asking import Answers, Case, ask
from offline.evaluation.agreement.comparison import Asked, Comparison, compare
from offline.evaluation.agreement.figures import Figures, figures
from offline.evaluation.agreement.pairs import PairsUnreadable, Score, ScoredPairs, read_pairs, sampled
from offline.evaluation.agreement.scales import Scale
from offline.evaluation.agreement.systems import System, systems
from offline.evaluation.agreement.tag_roles import role_of_tags

__all__ = [
    "Answers",
    "Asked",
    "Case",
    "Comparison",
    "Figures",
    "PairsUnreadable",
    "Scale",
    "Score",
    "ScoredPairs",
    "System",
    "ask",
    "compare",
    "figures",
    "read_pairs",
    "role_of_tags",
    "sampled",
    "systems",
]
