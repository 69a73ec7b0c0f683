"""The exact scan behind a filter on a GPU, in torch and Triton.

Not yet run on a card: tested through torch on the processor and through Triton's interpreter, and compiled for Hopper.
Importing this needs torch; `retrieval.vectors` alone does not.
"""

try:
    import torch  # noqa: F401 -- only to say what helps where it is missing
except ImportError as error:
    raise ImportError("the GPU index needs torch; install it with: pip install 'shortlist[gpu]'") from error

from retrieval.vectors.gpu.index import GpuIndex
from retrieval.vectors.gpu.search import Passing

__all__ = ["GpuIndex", "Passing"]
