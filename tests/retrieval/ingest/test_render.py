"""Structure becomes text once, and every field knows where it stands in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.ingest import render
from retrieval.schema import Certification, Education, Language, Location, PartialDate, Position, Profile, Skill

NAME = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=20)
MAYBE = st.one_of(st.none(), NAME)
DATE = st.one_of(
    st.none(), st.builds(PartialDate, year=st.integers(1950, 2030), month=st.one_of(st.none(), st.integers(1, 12)))
)
PROFILES = st.builds(
    Profile,
    member_id=st.just("m"),
    text=st.just("replaced"),
    headline=MAYBE,
    locations=st.lists(st.builds(Location, text=NAME), max_size=2).map(tuple),
    positions=st.lists(
        st.builds(Position, title=MAYBE, company=MAYBE, location=MAYBE, start=DATE, end=DATE), max_size=3
    ).map(tuple),
    education=st.lists(st.builds(Education, school=MAYBE, degree=MAYBE, field=MAYBE, end=DATE), max_size=2).map(tuple),
    skills=st.lists(st.builds(Skill, name=NAME), max_size=4).map(tuple),
    languages=st.lists(st.builds(Language, name=NAME, level=MAYBE), max_size=2).map(tuple),
    certifications=st.lists(st.builds(Certification, name=NAME), max_size=2).map(tuple),
)


@given(PROFILES, MAYBE, st.lists(MAYBE, max_size=3))
def test_every_field_stands_at_its_span(profile: Profile, summary: str | None, details: list[str | None]) -> None:
    rendered = render(profile, summary=summary, details=details)
    text = rendered.text
    if profile.headline:
        assert rendered.headline_span is not None
        assert rendered.headline_span.of(text) == profile.headline
    for item in (*rendered.skills, *rendered.languages, *rendered.certifications):
        assert item.span is not None
        assert item.span.of(text) == item.name
    for location in rendered.locations:
        assert location.span is not None
        assert location.span.of(text) == location.text
    for number, position in enumerate(rendered.positions):
        assert position.span is not None
        said = position.span.of(text)
        assert all(words in said for words in (position.title, position.company, position.location) if words)
        if number < len(details) and details[number]:
            assert position.details is not None
            assert position.details.of(text) == details[number]
    assert (rendered.summary.of(text) if rendered.summary else None) == summary


@given(PROFILES)
def test_nothing_but_text_and_spans_changes(profile: Profile) -> None:
    def bare(value: Profile) -> object:
        dumped = value.model_dump(exclude={"text", "headline_span", "summary"})
        for items in dumped.values():
            for item in items if isinstance(items, tuple) else ():
                item.pop("span", None)
                item.pop("details", None)
        return dumped

    assert bare(render(profile)) == bare(profile)
