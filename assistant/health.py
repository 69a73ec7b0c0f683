"""What `shortlist doctor` looks at: one function a check, each finding with its fix."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from packaging.requirements import Requirement
from pydantic import BaseModel, ConfigDict

from assistant.errors import OURS, explained

if TYPE_CHECKING:
    from agents.models import ModelsConfig
    from retrieval.encoder import Server

DISTRIBUTION = "shortlist"
LITTLE_DISK = 1 << 30


class Finding(BaseModel):
    """What one check found; `fix` is empty where there is nothing to mend."""

    model_config = ConfigDict(frozen=True)

    check: str
    status: Literal["ok", "warn", "fail"]
    detail: str
    fix: str = ""


def examine(
    workspace: Path,
    *,
    deep: bool,
    models: ModelsConfig | None = None,
    weights: Path | None = None,
    server: Server | None = None,
) -> Iterator[Finding]:
    """Run every check. `deep` also reads the snapshot whole and compares its checksums; `models` are to answer.

    `weights` and `server` are the encoder that was chosen; the packaged one where there are none.
    """
    yield python()
    yield packages()
    yield shadowing()
    yield retrievers()
    yield encoder(weights, server)
    yield writable(workspace)
    yield snapshot(workspace, deep=deep, weights=weights, server=server)
    yield answering(models)


def python() -> Finding:
    """The interpreter is one that the lock was made for."""
    running = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] < (3, 13):
        return Finding(check="python", status="ok", detail=f"{running} in {sys.prefix}")
    return Finding(check="python", status="fail", detail=running, fix="use Python 3.11 or 3.12")


def packages() -> Finding:
    """Everything the distribution requires is installed, in a version it accepts."""
    try:
        required = [Requirement(line) for line in requires(DISTRIBUTION) or ()]
    except PackageNotFoundError:
        return Finding(
            check="packages",
            status="fail",
            detail="the distribution shortlist is not installed, so none of its retrievers can be found",
            fix="make demo, or: pip install -e . --config-settings editable_mode=compat",
        )
    wrong = []
    for requirement in required:
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            wrong.append(f"{requirement} is missing")
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            wrong.append(f"{requirement} is wanted, {installed} is installed")
    if wrong:
        return Finding(check="packages", status="fail", detail="; ".join(wrong), fix="pip install -r requirements.lock")
    return Finding(check="packages", status="ok", detail=f"shortlist {version(DISTRIBUTION)} has all it needs")


def shadowing() -> Finding:
    """Our six short names belong to us: no other distribution has them, no folder on the path stands before ours."""
    home = Path(__file__).resolve().parents[1]
    wrong = []
    owners = packages_distributions()
    for name in sorted(OURS):
        others = sorted(set(owners.get(name, ())) - {DISTRIBUTION})
        if others:
            wrong.append(f"{', '.join(others)} also installs a package called {name}")
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            wrong.append(f"{name} is not a package here")
        elif Path(spec.origin).resolve().parents[1] != home:
            wrong.append(f"{name} comes from {spec.origin}")
    if wrong:
        return Finding(
            check="names",
            status="fail",
            detail="; ".join(wrong),
            fix="install shortlist into an environment of its own, and run it from a folder without such names",
        )
    return Finding(check="names", status="ok", detail=f"{', '.join(sorted(OURS))} are ours, in {home}")


def retrievers() -> Finding:
    """Every installed strategy can be imported."""
    from retrieval.registry import listing

    listed = listing()
    broken = [f"{each.name} of {each.distribution}: {each.why_not}" for each in listed if not each.available]
    if not listed:
        return Finding(
            check="retrievers", status="fail", detail="none is registered", fix="install shortlist itself with pip"
        )
    if broken:
        return Finding(
            check="retrievers", status="warn", detail="; ".join(broken), fix="update or uninstall those packages"
        )
    return Finding(check="retrievers", status="ok", detail=", ".join(each.name for each in listed))


def encoder(weights: Path | None = None, server: Server | None = None) -> Finding:
    """The encoder's files are what its manifest says, and it encodes."""
    from retrieval.encoder import WEIGHTS, EncoderManifest, open_encoder

    folder = weights or WEIGHTS
    try:
        manifest = EncoderManifest.read(folder)
        manifest.check(folder, verify=True)
        open_encoder(weights, server).encode(["a person who finds people"], side="role")
    except Exception as error:
        return Finding(
            check="encoder",
            status="fail",
            detail=explained(error).splitlines()[0],
            fix="install shortlist again, or put SHORTLIST_ENCODER and SHORTLIST_ENCODER_URL right",
        )
    levels = ", ".join(map(str, manifest.levels))
    where = f", served by {server.url}" if server else ""
    detail = f"{manifest.name} ({manifest.id}) on {manifest.base}, widths {levels}{where}; checksums agree"
    return Finding(check="encoder", status="ok", detail=detail)


def writable(workspace: Path) -> Finding:
    """The workspace, or the nearest folder above it that exists, can be written to and has room."""
    there = next(folder for folder in (workspace, *workspace.absolute().parents) if folder.is_dir())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Finding(
            check="workspace",
            status="fail",
            detail=f"{workspace} cannot be written to ({error.strerror})",
            fix="choose another with --workspace or SHORTLIST_WORKSPACE",
        )
    free = shutil.disk_usage(there).free
    if free < LITTLE_DISK:
        return Finding(
            check="workspace",
            status="warn",
            detail=f"{workspace}: only {free / (1 << 20):,.0f} MiB are free",
            fix="free some space before indexing: a snapshot of 100,000 people takes about 2 GiB",
        )
    return Finding(check="workspace", status="ok", detail=f"{workspace}, {free / (1 << 30):,.1f} GiB free")


def snapshot(workspace: Path, *, deep: bool, weights: Path | None = None, server: Server | None = None) -> Finding:
    """The snapshot is whole and was made by versions that are installed now."""
    from retrieval.encoder import EncoderUnavailable, open_encoder
    from retrieval.snapshot import Snapshot, SnapshotError, SnapshotMissing

    try:
        chosen = open_encoder(weights, server) if weights or server else None
        opened = Snapshot.open(workspace, encoder=chosen, verify=deep)
    except SnapshotMissing:
        return Finding(
            check="snapshot",
            status="warn",
            detail=f"none in {workspace}",
            fix="shortlist index SOURCE, or shortlist demo",
        )
    except SnapshotError as error:
        return Finding(check="snapshot", status="fail", detail=str(error), fix="shortlist index SOURCE makes a new one")
    except EncoderUnavailable:
        return Finding(check="snapshot", status="fail", detail="its encoder is not there", fix="mend the encoder first")
    manifest = opened.manifest
    invented = f", {manifest.synthetic:,} of them synthetic" if manifest.synthetic else ""
    checked = "checksums agree" if deep else "sizes agree; --deep compares checksums"
    detail = f"{manifest.id}: {manifest.profiles:,} people{invented}, made {manifest.created}; {checked}"
    changed = [
        f"{name} {made} -> {now}" for name, made in manifest.versions.items() if (now := _installed(name)) != made
    ]
    if changed:
        return Finding(
            check="snapshot",
            status="warn",
            detail=f"{detail}; made by other versions: {', '.join(changed)}",
            fix="shortlist index SOURCE",
        )
    return Finding(check="snapshot", status="ok", detail=detail)


def answering(models: ModelsConfig | None) -> Finding:
    """The model of every job answers a small request."""
    if models is None or not models.endpoints:
        return Finding(check="models", status="ok", detail="every job runs in this process, without a server")
    from agents.models.probing import probe

    probes = [one for one in asyncio.run(probe(models)) if not models.of(one.job).embedded]
    silent = [one for one in probes if not one.ok]
    if silent:
        return Finding(
            check="models",
            status="fail",
            # What each says holds its own fix.
            detail="; ".join(dict.fromkeys(one.detail for one in silent)),
            fix="shortlist models shows every job; until it answers, searches go on without it and say so",
        )
    answers = ", ".join(f"{one.job} on {one.model} in {one.milliseconds or 0:,.0f} ms" for one in probes)
    return Finding(check="models", status="ok", detail=answers)


def _installed(name: str) -> str:
    if name == "python":
        return ".".join(map(str, sys.version_info[:3]))
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
