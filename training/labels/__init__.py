"""Labels of a teacher by the thousand: drawn, asked at a pace, kept through every interruption, read for training."""

from training.labels.card import Asking, LabelCard, LabelsMismatch
from training.labels.label import Ask, DimensionLabel, Label, Task
from training.labels.labelling import Labelling, Outcome
from training.labels.pace import Pace
from training.labels.reading import LabelsMissing, forget, read_labels
from training.labels.store import LabelsBusy, LabelsDamaged, LabelStore

__all__ = [
    "Ask",
    "Asking",
    "DimensionLabel",
    "Label",
    "LabelCard",
    "LabelStore",
    "Labelling",
    "LabelsBusy",
    "LabelsDamaged",
    "LabelsMismatch",
    "LabelsMissing",
    "Outcome",
    "Pace",
    "Task",
    "forget",
    "read_labels",
]
