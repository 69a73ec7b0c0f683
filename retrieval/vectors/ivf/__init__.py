"""IVFPQ on faiss, for populations whose vectors no longer fit into memory."""

from retrieval.vectors.ivf.bisecting import bisecting
from retrieval.vectors.ivf.calibration import Calibration, calibrate
from retrieval.vectors.ivf.clustering import Clusters, cluster
from retrieval.vectors.ivf.engine import Candidates, IvfPq
from retrieval.vectors.ivf.faiss_library import FaissMissing
from retrieval.vectors.ivf.making import Recipe, build
from retrieval.vectors.ivf.merging import merge
from retrieval.vectors.ivf.model import IvfPqModel, lists_for, train
from retrieval.vectors.ivf.part import Part, encode
from retrieval.vectors.ivf.probing import Probe
from retrieval.vectors.ivf.refining import Fetch, fetch_from, refine
from retrieval.vectors.ivf.sample import sample, sampled_rows
from retrieval.vectors.ivf.sealed import Altered
from retrieval.vectors.ivf.storing import load, save

__all__ = [
    "Altered",
    "Calibration",
    "Candidates",
    "Clusters",
    "FaissMissing",
    "Fetch",
    "IvfPq",
    "IvfPqModel",
    "Part",
    "Probe",
    "Recipe",
    "bisecting",
    "build",
    "calibrate",
    "cluster",
    "encode",
    "fetch_from",
    "lists_for",
    "load",
    "merge",
    "refine",
    "sample",
    "sampled_rows",
    "save",
    "train",
]
