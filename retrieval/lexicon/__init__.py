"""What words mean: levels, degrees, human languages, places, skills, occupations. All data is packaged."""

from retrieval.lexicon.degrees import degree_level, find_degrees
from retrieval.lexicon.languages import find_languages
from retrieval.lexicon.places import distance_km, find_places, resolve
from retrieval.lexicon.seniority import find_seniority, seniority_of
from retrieval.lexicon.skills import skill_names
from retrieval.lexicon.titles import occupation_titles

__all__ = [
    "degree_level",
    "distance_km",
    "find_degrees",
    "find_languages",
    "find_places",
    "find_seniority",
    "occupation_titles",
    "resolve",
    "seniority_of",
    "skill_names",
]
