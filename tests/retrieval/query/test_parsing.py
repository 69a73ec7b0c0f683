"""The search language: what reads how, and that nothing typed can do worse than a pointed error."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retrieval.query import FIELDS, And, Node, Not, Or, QuerySyntaxError, Term, parse, render, terms
from retrieval.query.lexer import MAX_LENGTH
from retrieval.query.parsing import MAX_DEPTH, MAX_TERMS

WORD_LETTERS = "abcAND10+#./&'éß中-:"


def _valid(text: str, form: str) -> bool:
    try:
        Term(text=text, form=form)  # type: ignore[arg-type]  # hypothesis draws the form as a plain string
    except ValueError:
        return False
    return True


def _read(text: str) -> Node | QuerySyntaxError:
    try:
        return parse(text)
    except QuerySyntaxError as error:
        return error


def _terms() -> st.SearchStrategy[Term]:
    def of(form: str, letters: str) -> st.SearchStrategy[Term]:
        texts = st.text(letters, min_size=1, max_size=6).filter(lambda text: _valid(text, form))
        return st.builds(Term, text=texts, form=st.just(form), field=st.sampled_from([None, *FIELDS]))

    return of("word", WORD_LETTERS) | of("phrase", WORD_LETTERS + " ()*-:\t") | of("prefix", "abcAND10é")


def nodes() -> st.SearchStrategy[Node]:
    """Trees of any shape that the depth limit allows."""
    return st.recursive(
        _terms(),
        lambda inner: (
            st.builds(Not, inner)
            | st.builds(And, st.lists(inner, min_size=2, max_size=4).map(tuple))
            | st.builds(Or, st.lists(inner, min_size=2, max_size=4).map(tuple))
        ),
        max_leaves=12,
    )


def w(text: str, **more: str) -> Term:
    return Term(text=text, **more)  # type: ignore[arg-type]  # a shorthand for the table below


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("nurse", w("nurse")),
        ("nurse ICU", And((w("nurse"), w("ICU")))),
        ("nurse AND ICU", And((w("nurse"), w("ICU")))),
        ("a OR b c", Or((w("a"), And((w("b"), w("c")))))),
        ("(a OR b) c", And((Or((w("a"), w("b"))), w("c")))),
        ("NOT a b", And((Not(w("a")), w("b")))),
        ("nurse -intern", And((w("nurse"), Not(w("intern"))))),
        ("nurse-intern", w("nurse-intern")),
        ("a AND NOT (b OR c)", And((w("a"), Not(Or((w("b"), w("c"))))))),
        ('title:"vice president"', w("vice president", form="phrase", field="title")),
        ("Skill: SAP", w("SAP", field="skill")),
        ("company:(Intel OR AMD)", Or((w("Intel", field="company"), w("AMD", field="company")))),
        ("\u201cregistered nurse\u201d", w("registered nurse", form="phrase")),
        ("develop*", w("develop", form="prefix")),
        ("and or not", And((w("and"), w("or"), w("not")))),
        ('"AND"', w("AND", form="phrase")),
        ("C++ C# node.js 24:7", And((w("C++"), w("C#"), w("node.js"), w("24:7")))),
        ("((a))", w("a")),
        ("AND*", w("AND", form="prefix")),
    ],
)
def test_reads_as(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "position", "problem", "advice"),
    [
        ("", 0, "nothing to search for", "Write words"),
        ("   ", 2, "nothing to search for", "Write words"),
        ("(nurse AND ICU", 0, "opened and never closed", "Close it"),
        ("nurse)", 5, "closed that was never opened", "Open it"),
        ("()", 0, "nothing between these parentheses", "Put words"),
        ('SAP AND "chief', 8, "a quote is opened", "Close it"),
        ('SAP ""', 4, "between these quotes", "Put a word"),
        ("nurse AND", 6, "nothing follows AND", "after AND"),
        ("nurse AND OR b", 6, "nothing follows AND", "after AND"),
        ("OR nurse", 0, "nothing stands before OR", '"OR"'),
        ("nurse NOT", 6, "nothing follows NOT", "after NOT"),
        ("city:Boston", 0, "no field 'city'", "title:, skill:, company:"),
        ("title:", 0, "nothing follows title:", "title:word"),
        ("title:-intern", 0, "nothing follows title:", "NOT goes before it"),
        ("title:(a skill:b)", 9, "stands inside title:", "close the parenthesis"),
        ("java & sql", 5, "no letter and no digit", "Write AND"),
        ("java || sql", 5, "no letter and no digit", "Write OR"),
        ("nurse - ICU", 6, "a dash stands alone", "Join it"),
        ("dev*lop", 3, "a star stands inside", "may only end a word"),
        ("node.js*", 0, "not one plain word", "letters and digits only"),
        ("*", 0, "no letter and no digit", "Take it out"),
    ],
)
def test_says_what_is_wrong_and_where(text: str, position: int, problem: str, advice: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse(text)
    assert (caught.value.position, problem in caught.value.problem, advice in caught.value.advice) == (
        position,
        True,
        True,
    )


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse('nurse AND\t(ICU OR "NICU"')
    shown, caret = str(caught.value).splitlines()[1:3]
    assert shown[caret.index("^")] == "("


def test_the_caret_finds_its_place_in_a_long_string() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse("word " * 200 + "{ " + "word " * 200)
    shown, caret = caught.value.caret()
    assert shown[caret.index("^")] == "{"
    assert len(shown) < 130


@given(st.text(max_size=60) | st.text('ab ()"*:-ANDORT\u201ctitle', max_size=40))
@settings(max_examples=600)
@example("AND*")
@example("--a")
@example("\u200b")
@example("½*")
def test_any_string_parses_or_gets_a_pointed_error(text: str) -> None:
    read = _read(text)
    if isinstance(read, QuerySyntaxError):
        assert 0 <= read.position < max(len(text), 1)
        assert "\n" in str(read)
    else:
        assert parse(render(read)) == read


@given(nodes())
@settings(max_examples=300)
def test_a_rendered_tree_reads_as_itself(node: Node) -> None:
    assert parse(render(node)) == node


@pytest.mark.parametrize("opening", ["(", "NOT ", "-", "title:("])
def test_deep_nesting_is_refused_not_crashed_on(opening: str) -> None:
    with pytest.raises(QuerySyntaxError, match=r"nested more than|stands inside"):
        parse(opening * (MAX_LENGTH // len(opening)))


def test_nesting_up_to_the_limit_is_read() -> None:
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == w("a")
    with pytest.raises(QuerySyntaxError, match="nested more than"):
        parse("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1))


def test_length_and_number_of_terms_are_limited() -> None:
    with pytest.raises(QuerySyntaxError, match=r"8,001 characters"):
        parse("a" * (MAX_LENGTH + 1))
    with pytest.raises(QuerySyntaxError, match="more than 500 words"):
        parse("a " * (MAX_TERMS + 1))
    assert len(list(terms(parse("a " * MAX_TERMS)))) == MAX_TERMS


def test_terms_of_a_match_are_those_not_negated() -> None:
    node = parse("a AND NOT (b OR NOT c) -d")
    assert [term.text for term in terms(node)] == ["a", "c"]
    assert [term.text for term in terms(node, positive=False)] == ["b", "d"]


@pytest.mark.parametrize(("text", "form"), [("two words", "word"), ("a:b", "word"), ("AND", "word"), ("++", "phrase")])
def test_a_term_that_could_not_be_typed_cannot_be_made(text: str, form: str) -> None:
    assert not _valid(text, form)


@pytest.mark.parametrize("text", ["(", "title:(", "nurse AND ((("])
def test_a_parenthesis_at_the_end_is_called_one(text: str) -> None:
    with pytest.raises(QuerySyntaxError, match="nothing follows the parenthesis") as caught:
        parse(text)
    assert caught.value.position == len(text) - 1
