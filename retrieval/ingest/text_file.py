"""Text out of single files: plain text in any usual encoding, PDF, DOCX; hostile ones are cut short, not waited for."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from charset_normalizer import from_bytes

from retrieval.ingest.problem import UnreadableError

TEXT_BYTES = 2_000_000
"""The longest text taken for one resume; a real one has 5,000 characters."""
DOCUMENT_BYTES = 50_000_000
PDF_PAGES = 60
PDF_PAGE_BYTES = 5_000_000
DOCX_UNPACKED_BYTES = 100_000_000

# What parsers of PDF and XML raise over hostile bytes (lxml's errors are SyntaxErrors).
_DAMAGE = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError, SyntaxError),
    *(RuntimeError, EOFError, MemoryError, OSError),
)
_BINARY = (b"\x00", b"\x01", b"\x02", b"\x03", b"\x04", b"\x05", b"\x06", b"\x0e", b"\x0f", b"\x10")
# The mark of UTF-32 starts like that of UTF-16, so it comes first.
_BOMS = (
    *((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xef\xbb\xbf", "utf-8-sig")),
    *((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")),
)


@dataclass(frozen=True, kw_only=True)
class Document:
    """The text of one file and, where the file itself says it, when it was last changed."""

    text: str
    updated_at: datetime | None = None


def read_document(path: Path) -> Document:
    """The text of a .txt, .md, .pdf or .docx file.

    Raises:
        UnreadableError: with the reason and what to do about it.
    """
    reader = _READERS.get(path.suffix.lower(), _read_text)
    try:
        size = path.stat().st_size
        limit = TEXT_BYTES if reader is _read_text else DOCUMENT_BYTES
        if size > limit:
            raise UnreadableError(
                f"it is {size / 1e6:.1f} MB; one resume may have {limit / 1e6:.0f} MB. Split it into one file a person,"
                " or give many people as JSON Lines (.jsonl)"
            )
        document = reader(path)
    except OSError as error:
        raise UnreadableError(f"it cannot be opened ({error.strerror or error}); check that you may read it") from error
    if not document.text.strip():
        raise UnreadableError("it is empty; remove it or export it again")
    return document


def decode(data: bytes) -> str:
    """Text of unknown encoding: UTF-8 and UTF-16 by their marks, else what fits best.

    Raises:
        UnreadableError: the bytes are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise UnreadableError(f"it starts like {encoding} but is not; save it again as UTF-8") from error
    head = data[:65536]
    if b"\x00" in head:
        return _wide(data)
    if sum(head.count(byte) for byte in _BINARY) > len(head) // 500:
        raise UnreadableError("it is binary, not text; export the resume as PDF, DOCX or plain text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":
            return data.decode("utf-8", "replace")  # cut off inside the last character; the rest is UTF-8
    best = from_bytes(
        data[:200_000], cp_isolation=["cp1252", "latin_1", "cp1250", "cp1251", "mac_roman", "utf_16"]
    ).best()
    encoding = best.encoding if best else "cp1252"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _wide(data: bytes) -> str:
    """UTF-16 without a mark has its zeros at every second byte; other zeros mean binary."""
    even, odd = data[0:4096:2], data[1:4096:2]
    for encoding, letters, zeros in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        if zeros.count(0) > 0.7 * len(zeros) and letters.count(0) < 0.1 * len(letters):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                break
    raise UnreadableError("it is binary, not text; export the resume as PDF, DOCX or plain text")


def _read_text(path: Path) -> Document:
    data = path.read_bytes()
    if data.startswith(b"%PDF-"):
        return _read_pdf(path)
    return Document(text=decode(data))


def _read_pdf(path: Path) -> Document:
    from pypdf import PdfReader  # noqa: PLC0415 - a tenth of a second that most runs never need
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    # Its remarks go to stderr and hold bytes of the file; what matters of them is in our own error.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages: list[str] = []
    length = 0
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("it is encrypted; export it again without a password")
        for number, page in enumerate(reader.pages):
            if number >= PDF_PAGES or length > TEXT_BYTES:
                break
            drawn = page.get_contents()
            if drawn is not None and len(drawn.get_data()) > PDF_PAGE_BYTES:
                raise UnreadableError(f"its page {number + 1} is too large to read as text; export it again as text")
            pages.append(page.extract_text())
            length += len(pages[-1])
        updated_at = _aware(reader.metadata.modification_date) if reader.metadata else None
    except UnreadableError:
        raise
    # A damaged PDF fails inside pypdf in any way at all.
    except (PyPdfError, *_DAMAGE) as error:
        raise UnreadableError(f"it is not a PDF we can open ({type(error).__name__}); export it again") from error
    text = "\n".join(pages)
    if not text.strip():
        raise UnreadableError("it has no text, only pictures (a scan?); run text recognition (OCR) over it first")
    return Document(text=_clean(text[:TEXT_BYTES]), updated_at=updated_at)


def _read_docx(path: Path) -> Document:
    import docx  # noqa: PLC0415 - as above
    from docx.opc.exceptions import OpcError  # noqa: PLC0415

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > DOCX_UNPACKED_BYTES:
            raise UnreadableError(
                f"it unpacks to {unpacked / 1e6:.0f} MB, which no resume needs; save it again without pictures"
            )
        document = docx.Document(str(path))
        lines: list[str] = []
        for block in document.iter_inner_content():
            if hasattr(block, "rows"):
                for row in block.rows:
                    cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
                    lines.append(" | ".join(cell for cell in cells if cell))
            else:
                lines.append(block.text)
        updated_at = _aware(document.core_properties.modified)
    except UnreadableError:
        raise
    except (OpcError, zipfile.BadZipFile, zipfile.LargeZipFile, *_DAMAGE) as error:
        raise UnreadableError(
            f"it is not a DOCX we can open ({type(error).__name__}); save it again as .docx or PDF"
        ) from error
    return Document(text=_clean("\n".join(lines)[:TEXT_BYTES]), updated_at=updated_at)


def _clean(text: str) -> str:
    """Lone surrogates, which broken fonts yield, cannot be written anywhere."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_READERS: dict[str, Callable[[Path], Document]] = {".pdf": _read_pdf, ".docx": _read_docx}
