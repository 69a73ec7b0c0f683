"""Which kernels serve: the best that run here, what the variable forces, numpy where nothing was compiled."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from retrieval.vectors.kernels import available, default, named

WITHOUT_EXTENSION = """
import sys
sys.modules["retrieval.vectors.kernels._native"] = None  # what import finds where nothing was compiled
from retrieval.vectors.kernels import available, default, named
assert available() == ("numpy",) and default().name == "numpy"
try:
    named("portable")
except ValueError as error:
    print(error)
"""


def test_the_first_is_the_default_and_numpy_is_always_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHORTLIST_KERNELS", raising=False)
    order = ("avx512", "avx2", "portable", "numpy")
    assert list(available()) == [name for name in order if name in available()]
    assert available()[-1] == "numpy"
    assert default().name == available()[0]


@pytest.mark.parametrize("name", available())
def test_the_variable_forces_a_path(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTLIST_KERNELS", name)
    assert default().name == name
    assert default() is named(name)


def test_an_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHORTLIST_KERNELS", "neon")
    with pytest.raises(ValueError, match=r"'neon'.*avx512, avx2, portable, numpy"):
        default()


def test_without_the_extension_numpy_serves_and_says_what_helps() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "SHORTLIST_KERNELS"}
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTENSION], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert "the portable kernels do not run here" in said
    assert "install a C compiler and Python's headers" in said
