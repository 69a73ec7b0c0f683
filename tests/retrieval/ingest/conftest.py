"""Documents made at test time: PDF by hand, DOCX by python-docx."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import docx
import pytest

ADA = """Jane Example
Senior Software Engineer
San Jose, CA

Summary
Backend engineer.

Experience
Senior Software Engineer, Jan 2018 to Dec 2020
Acme Corp, San Jose, CA
- Built services in Python.

Initech LLC - Software Engineer (June 2014 - December 2017)
- Wrote Java.

Education
B.S. in Computer Science, San Jose State University, 2014

Skills
Python, Java, PostgreSQL

Languages
Spanish (fluent)

Certifications
AWS Certified Solutions Architect
"""


@pytest.fixture(scope="session")
def resume() -> str:
    """A plain resume with everything in it."""
    return ADA


@pytest.fixture(scope="session")
def make_pdf() -> Callable[[Path, str], Path]:
    """Write `text` as a PDF of one page, one line of text a line."""

    def write(path: Path, text: str, *, modified: str = "D:20210305120000Z") -> Path:
        lines = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in text.splitlines()]
        drawn = "BT /F1 10 Tf 50 800 Td 12 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        content = zlib.compress(drawn.encode("cp1252")) if text else zlib.compress(b"")
        bodies = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] /Contents 4 0 R "
            b"/Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n" % len(content) + content + b"\nendstream",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /ModDate (%s) >>" % modified.encode(),
        ]
        out, offsets = b"%PDF-1.4\n", []
        for number, body in enumerate(bodies, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
        xref = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        out += b"trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, xref)
        path.write_bytes(out)
        return path

    return write


@pytest.fixture(scope="session")
def make_docx() -> Callable[[Path, str], Path]:
    """Write `text` as a DOCX, one paragraph a line."""

    def write(path: Path, text: str) -> Path:
        document = docx.Document()
        for line in text.splitlines():
            document.add_paragraph(line)
        document.core_properties.modified = datetime(2021, 3, 5)  # noqa: DTZ001 - DOCX has no time zones
        document.save(str(path))
        return path

    return write


@pytest.fixture(scope="session")
def shared_resumes(shared_data: Path) -> list[str]:
    """The texts of the real resumes that stand beside the project."""
    with gzip.open(shared_data / "resumes" / "resumes.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]
