"""Build the sdist, a wheel from it, install that elsewhere, and import everything from there. Run by `make check`."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("retrieval", "ranking", "agents", "offline", "training", "assistant")


def run(*arguments: str, folder: Path) -> None:
    """Run Python with `arguments`; where it fails, show what it said and stop."""
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")


def build(folder: Path) -> Path:
    """The wheel, made from the sdist (not from the checkout), installed into a folder that is returned."""
    run("-m", "build", "--no-isolation", "--sdist", "--outdir", str(folder), str(ROOT), folder=folder)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "source", filter="data")
    (source,) = (folder / "source").iterdir()
    run("-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(source), folder=folder)
    (wheel,) = folder.glob("*.whl")
    target = folder / "installed"
    pip = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--no-compile")
    run(*pip, "--target", str(target), str(wheel), folder=folder)
    return target


def import_all(target: Path) -> int:
    """Import every module that `target` holds; each must come from there."""
    sys.path[:] = [str(target), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT)]
    count = 0
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in (name, *(found.name for found in pkgutil.walk_packages(package.__path__, f"{name}."))):
            origin = importlib.import_module(module).__file__
            if origin is None or not Path(origin).is_relative_to(target):
                sys.exit(f"{module} comes from {origin}, not from the wheel")
            count += 1
    checkout = {path.relative_to(ROOT) for name in PACKAGES for path in (ROOT / name).rglob("*.*") if path.is_file()}
    shipped = {path.relative_to(target) for path in target.rglob("*") if path.is_file()}
    missing = sorted(str(path) for path in checkout - shipped if "__pycache__" not in path.parts)
    if missing:
        sys.exit(f"not in the wheel (see package-data in pyproject.toml): {', '.join(missing)}")
    return count


def main() -> None:
    """Build, install, import; with a folder as argument, import only what it holds."""
    if len(sys.argv) > 1:
        print(f"{import_all(Path(sys.argv[1]))} modules import from the wheel that the sdist makes")
        return
    with tempfile.TemporaryDirectory() as place:
        target = build(Path(place).resolve())
        # A process of its own, started elsewhere, so that nothing of the checkout is at hand.
        done = subprocess.run([sys.executable, __file__, str(target)], cwd=place, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
