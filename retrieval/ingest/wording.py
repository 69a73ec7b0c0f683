"""What a few words in the heading of a job are: a title, an employer, a place, a mask, or the start of prose."""

from __future__ import annotations

import re

from retrieval.lexicon import skill_names
from retrieval.lexicon.titles import singular, title_nouns, title_words

MASK = re.compile(
    r"\b(?:Company\s{1,2}Name|COMPANY\s{1,2}NAME|Name\s{1,2}of\s{1,2}Company|CITY\s{0,2},\s{0,2}STATE"
    r"|City\s{0,2},\s{0,3}State(?:\s{0,2},\s{0,2}Zip\b)?)\b"
    r"|(?<=[-,|]\s)(?:City|State)\b|\bCity(?=\s{0,3}(?:$|\n|,\s))|<\w{3,8}>"
)
"""Words that stand where a name was removed; what they hide is unknown."""
COMPANY_MASK = re.compile(r"\bCompany\s{1,2}Name\b", re.IGNORECASE)
SENTENCE = re.compile(
    r"(?<!\bSr)(?<!\bJr)(?<!\bInc)(?<!\bCo)(?<!\bSt)(?<!\bAsst)(?<!\bMgr)(?<!\bDept)(?<!\bCorp)(?<!\bLtd)(?<!\bDr)(?<!\bRep)"
    r"(?<!\b[A-Z])(?:[.!?]$|\.\s{1,3}[A-Z])",
    re.IGNORECASE,
)
"""The end of a sentence, not that of an abbreviation."""
COMPANY_END = re.compile(
    r"\b(?:inc|llc|l\.l\.c|ltd|corp|corporation|co|company|gmbh|plc|group|university|college|hospital|schools?|bank"
    r"|institute|center|centre|clinic|associates|partners|solutions|technologies|systems|services|industries"
    r"|enterprises|agency|department|restaurant|hotel|church|district|labs|studios?|army|navy|airlines|insurance"
    r"|consulting|holdings|international)\.?$",
    re.IGNORECASE,
)
_NAMED_COMPANY = re.compile(
    r"\b(?:inc|llc|l\.l\.c|ltd|corp|corporation|co|company|gmbh|plc|university|college|hospital|bank|restaurant|hotel"
    r"|church|airlines)\.?$",
    re.IGNORECASE,
)
PLACE = re.compile(
    r"(?P<city>[A-Z][A-Za-z.' -]{1,30}?)\s?,\s{0,3}(?P<region>[A-Z]{2}\b|[A-Z][a-z]{1,20}(?:\s[A-Z][a-z]{1,20})?)"
    r"(?:\s\d{5})?(?:\s?,\s?(?:USA?|United States))?$"
)
PROSE = re.compile(
    r"(?:responsible|managed?|led|leads|provid(?:ed?|es|ing)|develop(?:ed|s|ing)?|assist(?:ed|ing|s)?|perform(?:ed|s|ing)?|"
    r"creat(?:ed?|es|ing)|work(?:ed|ing|s)|maintain(?:ed|s|ing)?|support(?:ed|ing|s)|prepar(?:ed?|es|ing)|"
    r"coordinat(?:ed|ing|es)|supervis(?:ed|ing|es)|implement(?:ed|s|ing)?|ensur(?:ed?|es|ing)|conduct(?:ed|ing|s)|"
    r"handl(?:ed?|es|ing)|oversaw|serv(?:ed|ing)|trained|direct(?:ed|s)|i|my|the|this|to|in|for|with|from|and|of|under"
    r"|duties|received|awarded|completed|hired|promoted|increased|currently|during|between|since|also|was|is|are)(?![\w-])"
    r"|(?:references?|phone|address|supervisor|hours|salary|job description|responsibilities|tel|fax)"
    r"[^\w\n]{0,4}[:\d(<]",
    re.IGNORECASE,
)
"""How a line of prose starts; for `match`."""
TITLE_LENGTH = 110
_TITLE_WORDS = 14
_PARTS = re.compile(r"\s{1,3}(?:of|for|in|at|to|and|with|-|&)\s{1,3}|\s?[,/(|&+:]\s?|\s-\s")
_WORD = re.compile(r"[A-Za-z][A-Za-z-]*")
_LEADING = re.compile(r"(?:[A-Z][\w&/.'-]{0,20}\s){0,5}[A-Z][\w&/.'-]{1,20}")


def fits_title(words: str) -> bool:
    """Whether words are short enough for a title and are no sentence."""
    return len(words) <= TITLE_LENGTH and len(words.split()) <= _TITLE_WORDS and not SENTENCE.search(words)


def is_title(words: str) -> bool:
    """Whether words end in a noun of titles, before "of", "for", "in", a comma, a slash or a parenthesis."""
    words = words.strip()
    if not words or not fits_title(words) or not (words[0].isupper() or words[0].isdigit()):
        return False
    long = [word for word in words.split() if len(word) > 3]
    if len(long) > 5 and 2 * sum(word[0].isupper() for word in long) < len(long):
        return False
    nouns = title_nouns()
    for part in _PARTS.split(words):
        tokens = _WORD.findall(part)
        # "Engineer II", "Accountant I", "Nurse RN"
        while tokens and len(tokens[-1]) <= 3 and tokens[-1].isupper() and tokens[-1].lower() not in nouns:
            tokens.pop()
        if tokens and singular(tokens[-1]).lower() in nouns:
            return True
    return False


def leading_title(words: str) -> int:
    """How many characters a title takes before prose: 10 in "Visa Clerk I assisted the officer"; 0 without a title."""
    leading = _LEADING.match(words)
    for token in reversed(list(_WORD.finditer(leading[0])) if leading else []):
        if singular(token[0]).lower() in title_nouns():
            return token.end()
    return 0


def is_company(words: str) -> bool:
    """Whether words end like an employer's name."""
    return bool(COMPANY_END.search(words))


def is_named_company(words: str) -> bool:
    """As `is_company`, but not for words that lines of business end in too ("Digital Services", "Systems")."""
    return bool(_NAMED_COMPANY.search(words))


def is_name(words: str) -> bool:
    """Capitals that name an employer rather than a line of work: none of them occurs in titles or skills."""
    tokens = re.findall(r"[^\W\d_][\w'&.-]*", words)
    if not 0 < len(tokens) <= 5 or not all(token[0].isupper() for token in tokens) or re.search(r"\d", words):
        return False
    known, skills = title_words(), skill_names()
    if words.lower() in skills:
        return False
    low = [token.lower() for token in tokens]
    return not any(token in known or singular(token) in known or token in skills for token in low)
