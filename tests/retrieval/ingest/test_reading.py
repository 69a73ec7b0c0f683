"""Every format brings the same known person; what cannot be read is a problem with a fix, and the rest comes in."""

from __future__ import annotations

import csv
import gzip
import json
import os
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pypdf import PdfWriter

from retrieval.ingest import EmptySourceError, FieldMap, Problem, parse_resume, read
from retrieval.ingest.text_file import TEXT_BYTES
from retrieval.schema import Profile

Make = Callable[[Path, str], Path]


def taken(source: Path, *, fields: FieldMap | None = None) -> tuple[list[Profile], list[Problem]]:
    problems: list[Problem] = []
    return list(read(source, fields=fields, on_problem=problems.append)), problems


def lines_of(path: Path, records: Iterable[object]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def said(profile: Profile) -> dict[str, object]:
    """What a profile says, whoever and wherever it is."""
    return profile.model_dump(exclude={"member_id", "source", "updated_at"})


@pytest.fixture
def known(resume: str) -> dict[str, object]:
    return said(parse_resume(resume, member_id="x"))


def test_tables_round_trip_a_known_person(tmp_path: Path, resume: str, known: dict[str, object]) -> None:
    record = {"id": "ada", "text": resume, "category": "IT"}
    lines_of(tmp_path / "a.jsonl", [record])
    with gzip.open(tmp_path / "b.jsonl.gz", "wt", encoding="utf-8") as packed:
        packed.write(json.dumps(record) + "\n")
    (tmp_path / "c.json").write_text(json.dumps([record]), encoding="utf-8")
    (tmp_path / "d.json").write_text(json.dumps({"people": [record]}), encoding="utf-8")
    for name, delimiter in (("e.csv", ","), ("f.csv", ";"), ("g.tsv", "\t")):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, record, delimiter=delimiter)
            writer.writeheader()
            writer.writerow(record)
    pq.write_table(pa.Table.from_pylist([record]), tmp_path / "h.parquet")
    for path in sorted(tmp_path.iterdir()):
        [profile], problems = taken(path)
        assert profile.member_id == "ada", path.name
        assert said(profile) == known, path.name
        assert profile.text == resume, path.name
        assert profile.source == f"{path.name}#1"
        assert problems == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_files_of_any_encoding(tmp_path: Path, resume: str, encoding: str) -> None:
    text = resume.replace("Jane", "Zoë").replace("Backend engineer.", "Backend engineer – café “Zürich”.")
    (tmp_path / "cv.txt").write_bytes(text.encode(encoding))
    [profile], problems = taken(tmp_path / "cv.txt")
    assert profile.text == text
    assert profile.member_id == "cv.txt"
    assert problems == []


def test_pdf_and_docx_round_trip_a_known_person(
    tmp_path: Path, resume: str, known: dict[str, object], make_pdf: Make, make_docx: Make
) -> None:
    make_pdf(tmp_path / "cv.pdf", resume)
    make_docx(tmp_path / "cv2.docx", resume)
    profiles, problems = taken(tmp_path)
    # They say the same thing, so the second is told as a duplicate where their texts agree to the letter.
    assert [problem.reason for problem in problems] in ([], ["it says the same as cv.pdf and was taken once"])
    for profile in profiles:
        for field in ("headline", "years_experience", "seniority"):
            assert getattr(profile, field) == known[field], field
        assert [p.title for p in profile.positions] == ["Senior Software Engineer", "Software Engineer"]
        assert [s.name for s in profile.skills] == ["Python", "Java", "PostgreSQL"]
        assert profile.updated_at is not None
        assert profile.updated_at.year == 2021


def test_whole_profiles_come_back_as_they_were(tmp_path: Path, resume: str) -> None:
    profile = parse_resume(resume, member_id="ada", source="there").model_copy(update={"synthetic": True})
    row = {"member_id": "ada", "profile": profile.model_dump_json(), "headline": "of no account"}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "profiles-0.parquet")
    (tmp_path / "truth").mkdir()
    pq.write_table(pa.Table.from_pylist([{"member_id": "ada", "latent": 1.0}]), tmp_path / "truth" / "truth-0.parquet")
    lines_of(tmp_path / "z.jsonl", [json.loads(profile.model_copy(update={"member_id": "bea"}).model_dump_json())])
    profiles, problems = taken(tmp_path)
    assert profiles == [profile, profile.model_copy(update={"member_id": "bea"})]
    assert problems == []


def test_a_mapped_name_that_is_not_there_is_told_not_ignored(tmp_path: Path, resume: str) -> None:
    (tmp_path / "people.jsonl").write_text(json.dumps({"id": "a", "text": resume}) + "\n", encoding="utf-8")
    problems: list[Problem] = []
    assert not list(read(tmp_path, fields=FieldMap(member_id=("nosuch",)), on_problem=problems.append))
    assert "no field nosuch" in problems[0].reason
    assert "id, text" in problems[0].reason


def test_their_names_of_fields_can_be_mapped(tmp_path: Path, resume: str) -> None:
    lines_of(tmp_path / "x.jsonl", [{"Candidate No": 17, "Lebenslauf": resume}])
    fields = FieldMap(member_id=("candidate no",), text=("lebenslauf",))
    [profile], problems = taken(tmp_path / "x.jsonl", fields=fields)
    assert (profile.member_id, profile.text, problems) == ("17", resume, [])


def test_plain_columns_are_rendered_so_that_they_can_be_quoted(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(
        'id,title,company,location,skills,degree\n7,Senior Nurse,Mercy Hospital,"Austin, TX","ICU; triage",BSN\n',
        encoding="utf-8",
    )
    [profile], problems = taken(tmp_path / "x.csv")
    assert problems == []
    assert profile.headline_span is not None
    assert profile.headline_span.of(profile.text) == "Senior Nurse"
    assert [skill.span.of(profile.text) for skill in profile.skills if skill.span] == ["ICU", "triage"]
    assert profile.locations[0].region == "US-TX"
    assert profile.education[0].level is not None


def test_a_folder_of_everything_keeps_its_order(tmp_path: Path, resume: str, make_pdf: Make) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.txt").write_text(resume + "two", encoding="utf-8")
    (tmp_path / "a.txt").write_text(resume + "one", encoding="utf-8")
    lines_of(tmp_path / "c.jsonl", [{"text": resume + "three"}, {"id": 4, "text": resume + "four"}])
    make_pdf(tmp_path / "d.pdf", resume)
    (tmp_path / ".hidden.txt").write_text(resume, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.txt").write_text(resume, encoding="utf-8")
    profiles, problems = taken(tmp_path)
    assert [profile.member_id for profile in profiles] == ["a.txt", "b/two.txt", "c.jsonl#1", "4", "d.pdf"]
    assert problems == []
    assert taken(tmp_path) == (profiles, problems)


def test_progress_ends_at_the_whole(tmp_path: Path, resume: str) -> None:
    lines_of(tmp_path / "x.jsonl", [{"id": n, "text": resume} for n in range(20)])
    seen: list[tuple[int, int]] = []
    list(read(tmp_path, progress=lambda done, total: seen.append((done, total))))
    size = (tmp_path / "x.jsonl").stat().st_size
    assert len(seen) == 20
    assert seen == sorted(seen)
    assert seen[-1] == (size, size)


def bad(tmp_path: Path, name: str, content: bytes) -> str:
    """The one problem of a file that cannot be read; a good file beside it comes in."""
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text("Nurse\n\nExperience\nNurse, 2010 to 2012\n", encoding="utf-8")
    profiles, [problem] = taken(tmp_path)
    assert [profile.member_id for profile in profiles] == ["good.txt"]
    assert problem.file == name
    return problem.reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.txt", bytes(range(256)) * 20, "binary"),
        ("x.txt", b"\x89PNG\r\n\x1a\n" + bytes(300), "binary"),
        ("x.txt", b"", "empty"),
        ("x.txt", b" \n ", "empty"),
        ("x.txt", b"a" * (TEXT_BYTES + 1), "one resume may have 2 MB"),
        ("x.pdf", b"not a pdf at all", "not a PDF we can open"),
        ("x.pdf", b"%PDF-1.4\n%%EOF", "not a PDF we can open"),
        ("x.docx", b"PK\x03\x04 broken", "not a DOCX we can open"),
        ("x.parquet", b"PAR1 broken", "not a Parquet file we can open"),
        ("x.json", b"{not json", "not JSON (line 1"),
        ("x.json", b"3", "neither"),
        ("x.jsonl", b"", "no records"),
        ("x.jsonl.gz", b"\x1f\x8b\x08broken", "damaged gzip"),
        ("x.csv", b"name,phone\nA,1\n", "found name, phone; expected one named text"),
        ("x.csv", b"", "empty"),
        ("x.doc", b"\xd0\xcf\x11\xe0", "save it as .docx"),
        ("photo.png", b"\x89PNG", "do not read files of this kind"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    assert reason in bad(tmp_path, name, content)


def test_fifty_megabytes_of_text_are_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(50_000_000)
    profiles, [problem] = taken(tmp_path)
    assert profiles == []
    assert "it is 50.0 MB; one resume may have 2 MB. Split it" in problem.reason


def test_a_scan_and_a_locked_pdf_say_what_to_do(tmp_path: Path, resume: str, make_pdf: Make) -> None:
    make_pdf(tmp_path / "scan.pdf", "")
    make_pdf(tmp_path / "open.pdf", resume)
    writer = PdfWriter(clone_from=tmp_path / "open.pdf")
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    profiles, problems = taken(tmp_path)
    assert [profile.member_id for profile in profiles] == ["open.pdf"]
    assert {p.file: p.reason for p in problems} == {
        "scan.pdf": "it has no text, only pictures (a scan?); run text recognition (OCR) over it first",
        "locked.pdf": "it is encrypted; export it again without a password",
    }


def test_bad_records_are_told_by_number_and_the_rest_comes(tmp_path: Path, resume: str) -> None:
    good = json.dumps({"id": 1, "text": resume})
    (tmp_path / "x.jsonl").write_text(
        "\n".join(
            [
                good,
                "{broken",
                "[1]",
                '{"id": 2}',
                '{"id": 3, "text": 7}',
                "",
                json.dumps({"id": "9" * 201, "text": "x"}),
            ]
        ),
        encoding="utf-8",
    )
    profiles, problems = taken(tmp_path)
    assert [profile.member_id for profile in profiles] == ["1"]
    assert [problem.record for problem in problems] == [2, 3, 6, 4, 5] or [p.record for p in problems] == [
        2,
        3,
        4,
        5,
        6,
    ]
    assert all(resume[:20] not in str(problem) for problem in problems)


def test_lines_in_an_other_encoding_and_lone_surrogates_are_taken(tmp_path: Path) -> None:
    latin = json.dumps(
        {"id": 1, "text": "Caf\u00e9 manager from Z\u00fcrich, fluent in French"}, ensure_ascii=False
    ).encode("cp1252")
    (tmp_path / "x.jsonl").write_bytes(latin + b'\n{"id": 2, "text": "Cook \\ud800 here"}\n')
    profiles, problems = taken(tmp_path)
    assert problems == []
    assert profiles[0].text == "Caf\u00e9 manager from Z\u00fcrich, fluent in French"
    profiles[1].model_dump_json().encode()


def test_an_empty_folder_and_a_missing_path_say_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(EmptySourceError, match="no file we read"):
        read(tmp_path)
    with pytest.raises(EmptySourceError, match="check the path"):
        read(tmp_path / "nowhere")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_we_may_not_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Nurse", encoding="utf-8")
    (tmp_path / "x.txt").chmod(0)
    profiles, [problem] = taken(tmp_path)
    assert profiles == []
    assert "cannot be opened" in problem.reason


def test_memory_stays_bounded_over_many_records(tmp_path: Path, resume: str) -> None:
    lines_of(tmp_path / "x.jsonl", ({"id": n, "text": resume} for n in range(400)))
    next(iter(read(tmp_path)))
    tracemalloc.start()
    for _ in read(tmp_path):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_a_mark_is_read_as_what_it_is(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "cv.txt").write_bytes("Zo\u00eb, infirmi\u00e8re \u00e0 Qu\u00e9bec".encode(encoding))
    profiles, problems = taken(tmp_path)
    assert [profile.text for profile in profiles] == ["Zo\u00eb, infirmi\u00e8re \u00e0 Qu\u00e9bec"]
    assert not problems


def test_utf8_that_breaks_off_inside_a_character_keeps_all_the_others(tmp_path: Path) -> None:
    (tmp_path / "cv.txt").write_bytes("Zo\u00eb, nurse in Qu\u00e9bec \u20ac".encode()[:-1])
    (profile,), _ = taken(tmp_path)
    assert profile.text == "Zo\u00eb, nurse in Qu\u00e9bec \ufffd"


def test_a_number_too_long_to_read_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"id": "a", "text": "nurse", "n": ' + "9" * 5000 + '}\n{"id": "b", "text": "nurse"}'
    )
    profiles, (problem,) = taken(tmp_path)
    assert [profile.member_id for profile in profiles] == ["b"]
    assert problem.record == 1
    assert "digits" in problem.reason


def test_a_damaged_pdf_shows_none_of_its_bytes(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cv.pdf").write_bytes(b"Secret Name, nurse")
    (tmp_path / "cv.txt").write_text("nurse")
    _, problems = taken(tmp_path)
    shown = "".join(capfd.readouterr()) + caplog.text + str(problems)
    assert "not a PDF" in shown
    assert "Secr" not in shown


def test_a_file_date_before_the_newest_job_measures_nothing(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()  # its template says 2013
    for line in ("Ann Lee", "Nurse", "EXPERIENCE", "Nurse, Acme Hospital, Austin, TX", "January 2016 - Present"):
        document.add_paragraph(line)
    document.save(str(tmp_path / "cv.docx"))
    (profile,), _ = taken(tmp_path)
    assert profile.positions[0].current
    assert profile.years_experience is None
