"""From trained weights to the folder that is served: export, manifest, and nothing half done."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from retrieval.encoder.errors import EncoderUnavailable
from retrieval.encoder.exporting import export_apart
from retrieval.encoder.manifest import MODEL, NAME, TOKENIZER, TORCH, EncoderCard, EncoderManifest, WeightsFile
from retrieval.encoder.torch_files import describe

MOST_BYTES = 2**31
"""An ONNX file is one protobuf message, and that ends here."""


def pack(
    model_folder: Path, out: Path, card: EncoderCard, *, onnx: bool = True, torch: bool = False
) -> EncoderManifest:
    """Write a folder of weights `out` from a Hugging Face folder, and return its manifest; an older `out` is replaced.

    `onnx` exports the int8 model that `Encoder` serves; `torch` copies the float weights, for `TorchEncoder` and vLLM.
    A model that is too large for a processor goes without `onnx`.

    Raises: EncoderUnavailable, OSError.
    """
    if not (onnx or torch):
        raise EncoderUnavailable("weights without onnx and without torch serve nothing; ask for one of them")
    if not (model_folder / TOKENIZER).is_file():
        raise EncoderUnavailable(f"{model_folder} has no {TOKENIZER}; save the fast tokenizer beside the model")
    if onnx and (size := sum(path.stat().st_size for path in model_folder.glob("*.safetensors"))) >= MOST_BYTES:
        raise EncoderUnavailable(
            f"the weights in {model_folder} take {size / 2**30:.1f} GiB, an ONNX file holds 2; pack for torch alone"
        )
    if out.exists() and not (out.is_dir() and ((out / NAME).is_file() or not any(out.iterdir()))):
        raise EncoderUnavailable(f"{out} is there and holds no encoder; choose another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as place:
        staging = Path(place) / "weights"
        staging.mkdir()
        shutil.copyfile(model_folder / TOKENIZER, staging / TOKENIZER)
        if onnx:
            export_apart(model_folder, staging / MODEL, pooling=card.pooling)
        if torch:
            shutil.copytree(model_folder, staging / TORCH)
            describe(staging / TORCH, card)
        paths = sorted(path for path in staging.rglob("*") if path.is_file())
        manifest = EncoderManifest(
            **dict(card),
            files={path.relative_to(staging).as_posix(): WeightsFile.of(path) for path in paths},
        )
        manifest.write(staging)
        if out.exists():
            out.rename(Path(place) / "before")  # removed with `place`
        staging.rename(out)
    return manifest
