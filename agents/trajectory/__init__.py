"""What each search did, kept so that a policy for the reflect step could be learned from it."""

from __future__ import annotations

from agents.trajectory.log import TrajectoryLog, TrajectoryNotKept
from agents.trajectory.reading import TrajectoryUnreadable, read_trajectories
from agents.trajectory.schema import Liking, Trajectory
from agents.trajectory.transitions import Situation, Transition, transitions

__all__ = [
    "Liking",
    "Situation",
    "Trajectory",
    "TrajectoryLog",
    "TrajectoryNotKept",
    "TrajectoryUnreadable",
    "Transition",
    "read_trajectories",
    "transitions",
]
