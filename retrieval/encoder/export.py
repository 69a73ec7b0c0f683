"""Makes the int8 ONNX model from a Hugging Face folder. Run as a script in a process of its own.

It needs torch and transformers, which cost seconds, hundreds of megabytes and a page of warnings; nothing of that
should stay in a process that serves searches, so `retrieval.encoder.exporting` starts this file by its path.
"""

from __future__ import annotations

import argparse
import logging
import warnings
from pathlib import Path

PLAIN = "mean-pool, unit length, opset 17, dynamic int8 per channel, 1"
"""The recipe of plain MiniLM. It stays as it is: the policy's network was trained on what it gives."""


def export(model_folder: Path, out: Path, *, pooling: str = "mean", recipe: str = "smooth") -> None:
    """Write `out` (ONNX, int8 weights): `input_ids`, `attention_mask` [b, s] -> `vectors` [b, width], unit rows.

    `model_folder` is a folder with a Hugging Face encoder (config.json, model.safetensors). `pooling` is "mean" of the
    states or the "last" token's; padding, where there is any, stands right. `recipe` is "smooth" (`quantisation`), or
    "plain" for what `PLAIN` names.
    """
    import torch  # noqa: PLC0415 -- only the process that exports may pay for it
    from transformers import AutoModel  # noqa: PLC0415

    model = AutoModel.from_pretrained(str(model_folder)).float().eval()

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            states = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            if pooling == "last":
                last = attention_mask.sum(1, keepdim=True) - 1
                pooled = states.gather(1, last.unsqueeze(-1).expand(-1, -1, states.shape[-1])).squeeze(1)
            else:
                mask = attention_mask.unsqueeze(-1).to(states.dtype)
                pooled = (states * mask).sum(1) / mask.sum(1)
            return torch.nn.functional.normalize(pooled, dim=-1)

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
    _state_width(full, int(model.config.hidden_size))
    if recipe == "smooth":
        from retrieval.encoder.quantisation import quantise  # noqa: PLC0415

        quantise(full, out)
    else:
        from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

        # per channel: one scale for a whole matrix costs .04 of cosine on this model
        quantize_dynamic(str(full), str(out), per_channel=True, weight_type=QuantType.QInt8)
    full.unlink()


def _state_width(path: Path, width: int) -> None:
    """Of some models the exporter does not know how wide the vectors are."""
    import onnx  # noqa: PLC0415

    model = onnx.load(str(path))
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = width
    onnx.save(model, str(path))


def main() -> None:
    """The command line of the process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model_folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--pooling", choices=("mean", "last"), default="mean")
    parser.add_argument("--recipe", choices=("plain", "smooth"), default="smooth")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    export(given.model_folder, given.out, pooling=given.pooling, recipe=given.recipe)


if __name__ == "__main__":
    main()
