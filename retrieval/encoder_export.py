"""Makes the int8 ONNX encoder from the base weights. Run as a script in a process of its own.

It needs torch and transformers, which cost seconds, hundreds of megabytes and a page of warnings; nothing of that
should stay in a process that serves searches, so `retrieval.encoder` starts this file by its path.
"""

from __future__ import annotations

import logging
import sys
import warnings
from pathlib import Path

RECIPE = "mean-pool, unit length, opset 17, dynamic int8 per channel, 1"


def export(base: Path, out: Path) -> None:
    """Write `out` (ONNX, int8 weights): `input_ids`, `attention_mask` [b, s] -> `vectors` [b, width], unit rows.

    `base` is a folder with a Hugging Face encoder (config.json, model.safetensors).
    """
    import torch  # noqa: PLC0415 -- only the process that exports may pay for it
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415
    from transformers import AutoModel  # noqa: PLC0415

    model = AutoModel.from_pretrained(str(base)).eval()

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)

    example = torch.ones(2, 8, dtype=torch.long)
    full = out.with_suffix(".full.onnx")
    torch.onnx.export(
        Pooled(),
        (example, example),
        str(full),
        dynamo=False,  # the newer exporter's graph does not survive dynamic quantisation
        opset_version=17,
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_axes={"input_ids": {0: "b", 1: "s"}, "attention_mask": {0: "b", 1: "s"}, "vectors": {0: "b"}},
    )
    # per channel: one scale for a whole matrix costs .04 of cosine on this model
    quantize_dynamic(str(full), str(out), per_channel=True, weight_type=QuantType.QInt8)
    full.unlink()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    export(Path(sys.argv[1]), Path(sys.argv[2]))
