"""Compiles the Triton kernels for a card that this machine need not have; prints what became of them as JSON.

Run by test_compiled_kernels.py in a process of its own: in one that interprets kernels they do not compile.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from retrieval.vectors.gpu import kernels
from retrieval.vectors.gpu.triton_passes import BITS, OPTIONS, shape

_POINTERS = {
    "bits": "*u8",
    "codes": "*i8",
    "queries": "*i8",
    "scales": "*fp32",
    "thresholds": "*fp32",
    "out_scores": "*fp32",
    "numbers": "*i32",
    "counts": "*i32",
    "out_places": "*i32",
    "ends": "*i64",
    "start": "i32",
    "count": "i32",
    "room": "i32",
    "size": "i32",
}
ARCH = 90  # Hopper: H100, H200
CASES = [
    ("count_bits", {"BLOCK": BITS}),
    ("write_set", {"BLOCK": BITS}),
    ("score_all", {"dense": False, "queries": 1}),
    ("score_survivors", {"dense": False, "queries": 1}),
    ("score_survivors", {"dense": False, "queries": 64}),
]


def compiled(name: str, case: dict[str, int], arch: int) -> dict[str, object]:
    """What the compiler made of a kernel."""
    given = shape(384, **case) if "queries" in case else {**OPTIONS, **case}
    constants = {name: value for name, value in given.items() if name not in OPTIONS}
    kernel = getattr(kernels, name)
    types = {**_POINTERS, "out": "*i32" if name == "write_set" else "*fp32"}
    signature = {one: "constexpr" if one in constants else types[one] for one in kernel.arg_names}
    aligned = {
        (place,): [["tt.divisibility", 16]]
        for place, one in enumerate(kernel.arg_names)
        if signature[one].startswith("*")
    }
    made = triton.compile(
        ASTSource(fn=kernel, signature=signature, constexprs=constants, attrs=aligned),
        target=GPUTarget("cuda", arch, 32),
        options=OPTIONS,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kernel.cubin"
        path.write_bytes(made.asm["cubin"])
        tool = triton.knobs.nvidia.cuobjdump.path
        usage = subprocess.run([tool, "--dump-resource-usage", path], capture_output=True, text=True, check=True).stdout
    found = re.search(r"REG:(\d+) STACK:(\d+) SHARED:(\d+) LOCAL:(\d+)", usage)
    ptx = made.asm["ptx"]
    return {
        "kernel": name,
        "constants": constants,
        "registers": int(found[1]),
        "stack": int(found[2]),
        "shared": made.metadata.shared,
        "tensor_cores": bool(re.search(r"mma\S*\.s32\.s8\.s8", ptx)),
        "wide_loads": bool(re.search(r"cp\.async\.\S+ .*0x10|ld\.global\S*\.v4\.b32", ptx)),
    }


if __name__ == "__main__":
    print(json.dumps([compiled(name, case, ARCH) for name, case in CASES]))
