"""What may be learned, and what never."""

from __future__ import annotations

import pytest

from agents.memory.permitted import permitted

NEVER = """
female, women in technology, girl scouts, single mothers, maternity care, christian, bible study, church
choir, youth ministry, muslim, hindu, jewish, kosher cooking, hispanic, african american, asian, native
american, black, latin, young, youth, retired, senior citizens, military, army, navy, veterans affairs, lgbt,
gay, wheelchair, disability services, sign language, spanish, fluent in french, bilingual, mandarin, english,
nigeria, mumbai, green card, citizenship, h1b, sorority, fraternity, hbcu, naacp, labor unions, republican,
pregnant, married, digital native
"""
MAY = """
manufacturing, sales, excel, customer service, python, gaap, month-end close, month end close, sap,
kubernetes, negotiation, patient care, triage, food safety, inventory, autocad, javascript, budgeting,
forklift, lean manufacturing, classroom management, safety, project management, quickbooks, penetration testing,
logistics,
retail, welding, hvac, recruiting, pastry, wine
"""


@pytest.mark.parametrize("value", [" ".join(value.split()) for value in NEVER.split(",")])
def test_never(value: str) -> None:
    for trait in ("skill", "title", "company", "field", "certification", "industry"):
        assert not permitted(trait, value), trait
        assert not permitted(trait, value, stated=True), trait


@pytest.mark.parametrize("value", [" ".join(value.split()) for value in MAY.split(",")])
def test_work_may(value: str) -> None:
    assert permitted("skill", value)


def test_places_count_only_where_they_were_asked_for() -> None:
    assert not permitted("location", "boston")
    assert permitted("location", "boston", stated=True)
    assert not permitted("skill", "a whole sentence " * 10)
