"""Work activities with their tasks: O*NET's analysts joined what says the same in other words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from training.muse.data.made import RIGHT, WRONG, Made, candidates
from training.muse.data.onet import Onet
from training.muse.data.unseen import Unseen
from training.muse.lists import GradedList

SOURCE = "activities"
Mine = Callable[[Sequence[str], Mapping[str, str]], list[list[str]]]
"""From queries and texts by id to ids for each query, what looks most like an answer first."""


def activities(onet: Onet, unseen: Unseen, *, negatives: int, mine: Mine) -> Made:
    """One list an activity that is not held out: all its tasks, and `negatives` that only look like some of them.

    Candidates are only tasks that belong to some trained activity. Of a task without one it is not known what it says:
    the activities that it belongs to may be held out, and to learn what it is not would tell of them. A task is no
    negative where it shares a trained activity with one of the list's tasks or says the same as one: O*NET did not
    join it, but it may well be right.
    """
    trained = {activity: text for activity, text in onet.trained.items() if onet.of_activity.get(activity)}
    kept = {activity: text for activity, text in trained.items() if not unseen.meets(text)}
    groups: dict[str, set[str]] = {}
    for activity in trained:
        for task in onet.of_activity[activity]:
            groups.setdefault(task, set()).add(activity)
    known = {task: onet.tasks[task] for task in sorted(groups)}
    found = mine(list(kept.values()), known)
    lists = []
    for (activity, text), near in zip(kept.items(), found, strict=True):
        right = onet.of_activity[activity]
        beside = {group for task in right for group in groups[task]}
        alike = Unseen(onet.tasks[task] for task in right)
        wrong: list[str] = []
        for task in near:
            if len(wrong) == negatives:
                break
            if not groups[task] & beside and not alike.meets(onet.tasks[task]):
                wrong.append(task)
        grades = {f"task:{task}": RIGHT for task in right} | {f"task:{task}": WRONG for task in wrong}
        lists.append(
            GradedList(
                qid=f"{SOURCE}:{activity}",
                source=SOURCE,
                query=text,
                group=f"activity:{activity}",
                candidates=candidates(grades),
            )
        )
    used = {one.id for each in lists for one in each.candidates}
    return Made(
        lists=tuple(lists),
        texts={f"task:{task}": text for task, text in known.items() if f"task:{task}" in used},
        dropped=len(trained) - len(kept),
    )
