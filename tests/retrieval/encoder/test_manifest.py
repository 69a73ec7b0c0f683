"""A folder of weights is what its manifest says, or is refused with the way out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from retrieval.encoder import EncoderManifest, EncoderUnavailable, Templates, WeightsFile, encoder_id, load_encoder

FILES = {"model.onnx": b"the model" * 9, "tokenizer.json": b"{}", "torch/model.safetensors": b"floats" * 7}


def written(folder: Path, files: dict[str, bytes], **fields: object) -> EncoderManifest:
    """A folder of these files, whatever they hold, with a manifest that fits them."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    said = {"name": "some", "base": "b", "levels": (4, 8), "max_tokens": 16, "serialisation": 1, **fields}
    made = EncoderManifest.model_validate({**said, "files": {name: WeightsFile.of(folder / name) for name in files}})
    made.write(folder)
    return made


def test_what_was_written_is_read(tmp_path: Path) -> None:
    made = written(
        tmp_path,
        FILES,
        templates=Templates(role="role: ", profile="profile: "),
        pooling="last",
        data={"lists": 3},
        constitution="2",
        recipe={"loss": "infonce"},
        metrics={"ndcg": 0.5},
    )
    assert EncoderManifest.read(tmp_path) == made
    assert made.width == 8
    assert encoder_id(tmp_path) == made.id
    assert re.fullmatch(r"some-[0-9a-f]{16}", made.id)
    made.check(tmp_path, verify=True)
    assert {path.name for path in tmp_path.iterdir()} == {"manifest.json", "model.onnx", "tokenizer.json", "torch"}


@pytest.mark.parametrize(
    "fields",
    [
        {"templates": Templates(role="r: ")},
        {"templates": Templates(profile="r: ")},
        {"pooling": "last"},
        {"max_tokens": 17},
        {"serialisation": 2},
        {"name": "other"},
    ],
)
def test_whatever_changes_a_vector_changes_the_id(tmp_path: Path, fields: dict[str, object]) -> None:
    assert written(tmp_path, FILES, **fields).id != written(tmp_path, FILES).id


def test_what_changes_no_vector_changes_no_id(tmp_path: Path) -> None:
    plain = written(tmp_path / "a", FILES).id
    assert written(tmp_path / "b", FILES, metrics={"ndcg": 1}, data={"x": 1}, levels=(2, 8)).id == plain
    without = {name: content for name, content in FILES.items() if not name.startswith("torch/")}
    assert written(tmp_path / "c", without).id == plain, "the floats that the model was made from may be left out"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(FILES)), data=st.data())
def test_any_changed_byte_is_detected_and_makes_another_id(tmp_path: Path, name: str, data: st.DataObject) -> None:
    """Detected by `verify` under the old manifest; described anew, a byte of what is served is another encoder."""
    made = written(tmp_path, FILES)
    at = data.draw(st.integers(0, len(FILES[name]) - 1))
    changed = bytearray(FILES[name])
    changed[at] ^= data.draw(st.integers(1, 255))
    (tmp_path / name).write_bytes(changed)
    made.check(tmp_path)  # the size is the same
    with pytest.raises(EncoderUnavailable, match=r"was altered; restore the folder"):
        made.check(tmp_path, verify=True)
    again = written(tmp_path, {**FILES, name: bytes(changed)})
    assert (again.id == made.id) == name.startswith("torch/")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(FILES)), data=st.data())
def test_a_file_of_another_length_is_always_detected(tmp_path: Path, name: str, data: st.DataObject) -> None:
    made = written(tmp_path, FILES)
    cut = data.draw(st.integers(0, len(FILES[name]) - 1) | st.integers(len(FILES[name]) + 1, 200))
    (tmp_path / name).write_bytes((FILES[name] * 200)[:cut])
    with pytest.raises(EncoderUnavailable, match=rf"has {cut} bytes instead of {len(FILES[name])}"):
        made.check(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    made = written(tmp_path, FILES)
    (tmp_path / "model.onnx").unlink()
    with pytest.raises(EncoderUnavailable, match=r"model\.onnx is missing"):
        made.check(tmp_path)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"format": 2}, r"has format 2, this version reads 1"),
        ({"format": "1"}, r"has format '1'"),
        ({"levels": [32, 16]}, r"levels.*ascend"),
        ({"levels": [0, 32]}, r"levels"),
        ({"levels": []}, r"levels"),
        ({"pooling": "cls"}, r"pooling"),
        ({"files": {"../model.onnx": {"size": 1, "blake2b": "0"}}}, r"files.*no file of a folder"),
        ({"nonsense": 1}, r"nonsense"),
        ({"name": "A name"}, r"name"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(
    changed: Callable[..., Path], fields: dict[str, object], message: str
) -> None:
    with pytest.raises(EncoderUnavailable, match=message):
        load_encoder(changed(**fields))


@pytest.mark.parametrize("said", [b"", b"[]", b"{", b"\xff\xfe"])
def test_a_manifest_that_is_no_json_is_refused(tmp_path: Path, said: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(said)
    with pytest.raises(EncoderUnavailable, match="cannot be read"):
        EncoderManifest.read(tmp_path)


def test_no_manifest_at_all(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=r"there are no encoder weights in .*no manifest\.json"):
        load_encoder(tmp_path)


def test_a_side_is_one_of_two() -> None:
    templates = Templates(role="role: ", profile="")
    assert templates.put("cook", "role") == "role: cook"
    assert templates.put("cook", "profile") == "cook"
    with pytest.raises(ValueError, match="'role' or 'profile'"):
        templates.put("cook", "person")  # type: ignore[arg-type]


def test_a_manifest_cannot_be_changed(tiny: Path) -> None:
    made = EncoderManifest.read(tiny)
    with pytest.raises(ValidationError):
        made.name = "other"  # type: ignore[misc]


def test_weights_that_were_altered_are_refused_where_asked(copied: Path) -> None:
    model = copied / "model.onnx"
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    model.write_bytes(content)
    with pytest.raises(EncoderUnavailable, match=r"model\.onnx was altered"):
        load_encoder(copied, verify=True)
    model.write_bytes(content[:1000])
    with pytest.raises(EncoderUnavailable, match=r"1000 bytes instead of"):
        load_encoder(copied)


def test_a_folder_without_the_int8_model_says_who_can_serve_it(copied: Path) -> None:
    made = EncoderManifest.read(copied)
    shutil.rmtree(copied / "torch")
    said = json.loads((copied / "manifest.json").read_text())
    said["files"] = {name: file for name, file in said["files"].items() if name != "model.onnx"}
    (copied / "manifest.json").write_text(json.dumps(said))
    with pytest.raises(EncoderUnavailable, match=r"no model\.onnx.*SHORTLIST_ENCODER_URL"):
        load_encoder(copied)
    assert encoder_id(copied) != made.id
