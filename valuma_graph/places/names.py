"""What a written name of a place can mean: normal form, genitives, phrases, codes, look-alikes."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Status = Literal["exact", "former", "unknown", "ambiguous", "malformed"]

# Hyphens and dashes read as a space; marks without width that word processors leave are dropped.
_SAME = {ord(c): " " for c in "-‐‑‒–—―−"} | dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
# Control characters, marks that turn the direction of writing, private use, failed decoding.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200c-\u200f\u202a-\u202e\u2066-\u2069"
    "\ue000-\uf8ff\ufff9-\ufffd]"
)
_SAINT = re.compile(r"^(?:sankt|st\.?|s:t\.) ")

_VOWELS = "aeiouyåäö"
# Strong grade → weak grade before the last vowel (Lappi : Lapin, Hanko : Hangon).
_GRADATION = tuple(
    (re.compile(rf"{strong}([{_VOWELS}])$"), weak + r"\1n")
    for strong, weak in (
        ("kk", "k"),
        ("pp", "p"),
        ("tt", "t"),
        ("nk", "ng"),
        ("nt", "nn"),
        ("lt", "ll"),
        ("rt", "rr"),
        ("mp", "mm"),
    )
)
# Last part of a name → the same in the genitive; the longest that fits is taken. Names that go
# their own way stand here whole: a plural (Virrat), a singular among plurals (Kaustinen), a
# gradation that leaves no consonant (Juuka), and those whose first part is inflected too.
_ENDINGS = {
    "häme": "hämeen",
    "isokyrö": "isonkyrön",
    "joki": "joen",
    "juuka": "juuan",
    "järvi": "järven",
    "kaari": "kaaren",
    "kaupunki": "kaupungin",
    "kaustinen": "kaustisen",
    "keitele": "keiteleen",
    "kempele": "kempeleen",
    "koski": "kosken",
    "kunnat": "kuntien",
    "kuortane": "kuortaneen",
    "lahti": "lahden",
    "laidun": "laitumen",
    "lieto": "liedon",
    "loppi": "lopen",
    "luoto": "luodon",
    "muhos": "muhoksen",
    "mäki": "mäen",
    "kannus": "kannuksen",
    "nen": "sten",
    "niemi": "niemen",
    "nummi": "nummen",
    "nurmes": "nurmeksen",
    "pudas": "putaan",
    "pälkäne": "pälkäneen",
    "saari": "saaren",
    "salmi": "salmen",
    "satakunta": "satakunnan",
    "seutu": "seudun",
    "suomi": "suomen",
    "taipale": "taipaleen",
    "tampere": "tampereen",
    "turku": "turun",
    "us": "uden",
    "uusikaarlepyy": "uudenkaarlepyyn",
    "uusikaupunki": "uudenkaupungin",
    "uusimaa": "uudenmaan",
    "vesi": "veden",
    "vihti": "vihdin",
    "virrat": "virtain",
}
_LONGEST = max(map(len, _ENDINGS))
# Names that are not inflected as they stand; the first form is the official one.
_WHOLE = {
    "Jakobstadsregionen": ("Pietarsaaren",),
    "Koski Tl": ("Koski Tl:n", "Kosken Tl"),
    "Mariehamns stad": ("Maarianhaminan",),
    "Pedersören kunta": ("Pedersören",),
    "Virrat": ("Virtain", "Virtojen"),
    "Åboland-Turunmaa": ("Turunmaan",),
    "Ålands landsbygd": ("Ahvenanmaan maaseudun",),
    "Ålands skärgård": ("Ahvenanmaan saariston",),
}

# Words around a name that say what kind of place it is.
_TAILS = {
    "municipality": "kaupunki kunta stad kommun kommune city town municipality",
    "region": "liitto maakunta maakuntaliitto maakunnan_liitto förbund landskapsförbund landskap"
    " regional_council region",
    "sub_region": "seutukunta ekonomiska_region sub_region subregion sub_regional_unit",
}
_HEADS = {
    "municipality": "staden kommunen city_of town_of municipality_of the_city_of",
    "region": "landskapet region_of regional_council_of the_regional_council_of",
    "sub_region": "sub_region_of",
}


def _by_words(table: dict[str, str]) -> dict[str, str]:
    return {word.replace("_", " "): kind for kind, row in table.items() for word in row.split()}


_KIND_OF_TAIL, _KIND_OF_HEAD = _by_words(_TAILS), _by_words(_HEADS)
_PHRASE_WORDS = 3

# Kinds with numeric codes in Finland, and how many digits they have.
CODE_WIDTH = {"municipality": 3, "sub_region": 3, "region": 2}
# Statistics Finland's area codes: KU091, SK011, MK01.
_AREA_KIND = {"ku": "municipality", "sk": "sub_region", "mk": "region"}
_AREA_CODE = re.compile(r"(ku|sk|mk)(\d{2,3})")
_LIKE_ID = re.compile(
    r"(?:municipality|(?:sub_|city_)?region|region_group|country|organisation):.*"
    r"|[a-z_]+:[a-z]{2}-\w+"  # the kind misspelt
)
_WELL_FORMED = re.compile(
    r"(?:municipality|sub_region):fi-\d{3}|region:fi-\d{2}|country:[a-z]{2}"
    r"|(?:municipality|sub_region|region):(?!fi-\d)[a-z]{2}-[a-z0-9_]+"
    r"|(?:city_region|organisation):[a-z0-9_]+"
)
_PARTS = re.compile(r"\s*[/|()]\s*|\s+[-–—]\s+")
_LABEL = re.compile(r"(.+) \(([^()]+)\)")
_CODE_AND_NAME = re.compile(r"((?:ku)?\d{3}) (\D+)|(\D+) (\d{3})", re.IGNORECASE)
# Read without `kind`, names of these go before the same names of the rest.
_FIRST_KINDS = frozenset({"municipality", "region"})
_SUGGESTIONS = 3
_LONGEST_NAME = 200


def normal(text: str) -> str:
    """
    Return the form in which names are compared.

    Composed (NFC), without case, every hyphen or dash as a space, white space of any kind as
    one space, marks without width dropped; "Sankt", "St" and "S:t." before a name as "S:t".

    Examples
    --------
    >>> normal("MÄNTTÄ – Vilppula"), normal("Sankt Michel")
    ('mänttä vilppula', 's:t michel')
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_SAME)
    return _SAINT.sub("s:t ", " ".join(folded.split()))


def hides(text: str) -> bool:
    """
    Tell whether a text carries control characters, direction marks or failed decoding.

    Examples
    --------
    >>> hides("Pori"), hides("Po" + chr(0x202E) + "ri")
    (False, True)
    """
    return _HIDDEN.search(text) is not None


def genitives(name: str) -> tuple[str, ...]:
    """
    Return the Finnish genitive of a place name, the official form first.

    By the last part of the name (-järvi : -järven, -nen : -sten), else by consonant gradation
    of a stop before the last vowel (Lappi : Lapin), else by adding -n, or -in after a
    consonant. Made and reviewed for the municipalities, regions and sub-regions of Finland; it
    is no grammar of other words.

    Parameters
    ----------
    name
        In the nominative, as "Pori" or "Mänttä-Vilppula".

    Returns
    -------
    forms
        One form, or two where usage varies.

    Examples
    --------
    >>> genitives("Uusikaupunki"), genitives("Päijät-Häme"), genitives("Virrat")
    (('Uudenkaupungin',), ('Päijät-Hämeen',), ('Virtain', 'Virtojen'))
    """
    if name in _WHOLE:
        return _WHOLE[name]
    for length in range(min(len(name), _LONGEST), 1, -1):
        end = name[-length:]
        if form := _ENDINGS.get(end.casefold()):
            form = form.capitalize() if end[0].isupper() else form
            return (name[:-length] + form,)
    for pattern, weak in _GRADATION:
        if pattern.search(name):
            return (pattern.sub(weak, name),)
    return (name + ("n" if name[-1].casefold() in _VOWELS else "in"),)


def swedish_genitive(name: str) -> str:
    """
    Return the Swedish genitive of a name: -s, save after s, x and z.

    Examples
    --------
    >>> swedish_genitive("Kristinestad"), swedish_genitive("Borgnäs")
    ('Kristinestads', 'Borgnäs')
    """
    return name if name[-1:] in "sxz" else f"{name}s"


def phrases(key: str) -> Iterator[tuple[str, str]]:
    """
    Take the words off a phrase that say what kind of place it names.

    Parameters
    ----------
    key
        A text in its normal form.

    Yields
    ------
    name, kind
        What is left, in the case it stood in, and the kind of place.

    Examples
    --------
    >>> list(phrases("lapin maakunnan liitto"))
    [('lapin maakunnan', 'region'), ('lapin', 'region')]
    >>> list(phrases("staden jakobstad")), list(phrases("uusikaupunki"))
    ([('jakobstad', 'municipality')], [])
    """
    words = key.split(" ")
    for count in range(1, min(_PHRASE_WORDS + 1, len(words))):
        if kind := _KIND_OF_TAIL.get(" ".join(words[-count:])):
            yield " ".join(words[:-count]), kind
        if kind := _KIND_OF_HEAD.get(" ".join(words[:count])):
            yield " ".join(words[count:]), kind


class Lookalikes:
    """
    Finds which of many names resemble a text; only ever to suggest, never to decide.

    A short list by shared pairs of letters, then `difflib.SequenceMatcher` on it, so that a
    search does not grow with the number of names.

    Parameters
    ----------
    entries
        Pairs of a name in its normal form and what it stands for.
    """

    SHORT_LIST = 24
    LIKENESS = 0.62
    LONGEST = 80

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self._entries = sorted(set(entries))
        self._holders: dict[str, list[int]] = defaultdict(list)
        for position, (name, _) in enumerate(self._entries):
            for pair in _pairs(name):
                self._holders[pair].append(position)

    def best(self, keys: Iterable[str], count: int) -> tuple[str, ...]:
        """Return what the names most like any of `keys` stand for, best first."""
        score: dict[str, float] = {}
        for key in keys:
            if len(key) > self.LONGEST:
                continue
            shared = Counter(p for pair in _pairs(key) for p in self._holders.get(pair, ()))
            for position, _ in shared.most_common(self.SHORT_LIST):
                name, target = self._entries[position]
                # A name cut short ("Koski" for "Koski Tl") comes before one that only rhymes.
                cut = name.startswith(f"{key} ") or key.startswith(f"{name} ")
                like = 0.99 if cut else SequenceMatcher(None, key, name).ratio()
                if like >= self.LIKENESS:
                    score[target] = max(score.get(target, 0), like)
        return tuple(sorted(score, key=lambda target: (-score[target], target))[:count])


def _pairs(name: str) -> set[str]:
    padded = f" {name} "
    return {padded[i : i + 2] for i in range(len(padded) - 1)}


class Answer(NamedTuple):
    """What one value means; the columns of `Gazetteer.resolve`."""

    member_id: str | None
    status: Status
    suggestions: tuple[str, ...] = ()
    note: str | None = None


class Entry:
    """
    One place or organisation with all its names.

    Parameters
    ----------
    member_id, kind
        Its id and kind.
    last_year
        The last division that has it.
    """

    def __init__(self, member_id: str, kind: str, last_year: int) -> None:
        self.member_id, self.kind, self.last_year = member_id, kind, last_year
        self.name = ""
        self.names: dict[str, str] = {}
        self.plain: set[str] = set()
        self.in_phrase: set[str] = set()

    def add(self, fi: object, sv: object, en: object) -> None:
        """Add names as they stand, and their forms in phrases; what is no text is passed over."""
        given = [name for name in (fi, sv, en) if isinstance(name, str)]
        if not given:
            return
        self.name = given[0]
        told = zip(("fi", "sv", "en"), (fi, sv, en), strict=True)
        self.names = {lang: name for lang, name in told if isinstance(name, str)}
        forms = [swedish_genitive(name) for name in given]
        if self.kind in CODE_WIDTH and ":FI-" in self.member_id:
            forms += genitives(given[0])
            if self.kind == "sub_region" and "-" in given[0]:
                # "Kotka-Haminan" and "Kotkan-Haminan" are both in use.
                forms.append("-".join(genitives(part)[0] for part in given[0].split("-")))
        self.plain |= set(map(normal, given))
        self.in_phrase |= self.plain | set(map(normal, forms))

    @property
    def label(self) -> str:
        """Name and code, or id; `Reader.read` takes it back."""
        return self.label_in("fi")

    def label_in(self, lang: str) -> str:
        """Return the same with the name in a language, where it has one."""
        name = self.names.get(lang, self.name)
        return f"{name} ({self.member_id.removeprefix('municipality:FI-')})"


class Reader:
    """
    Reads one value at a time against everything that can be meant.

    Parameters
    ----------
    entries
        By id.
    kind
        The only kind to look at, or all.
    """

    def __init__(self, entries: Mapping[str, Entry], kind: str | None = None) -> None:
        self._kind = kind
        self._everything = {member_id.casefold(): entry for member_id, entry in entries.items()}
        self._entries = {
            member_id: entry
            for member_id, entry in self._everything.items()
            if kind in {None, entry.kind, member_id.partition(":")[0]}
        }
        self._plain: dict[str, list[Entry]] = defaultdict(list)
        self._in_phrase: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self._entries.values():
            for name in entry.plain:
                self._plain[name].append(entry)
            for name in entry.in_phrase:
                self._in_phrase[name, entry.kind].append(entry)

    def read(self, text: str, year: int) -> Answer:
        """Return what `text` means in the division of `year`; suggestions only for ambiguity."""
        text = " ".join(text.split())
        if not text or hides(text):
            return Answer(None, "malformed")
        if len(text) > _LONGEST_NAME:
            return Answer(None, "unknown")
        found, note = self._meant(text)
        if not found:
            return Answer(None, "malformed" if self._misshapen(text) else "unknown")
        if len(found) > 1:
            return Answer(None, "ambiguous", tuple(e.label for e in found[:_SUGGESTIONS]))
        status: Status = "exact" if found[0].last_year >= year else "former"
        return Answer(found[0].member_id, status, (), note)

    def lookalikes(self, text: str) -> tuple[str, ...]:
        """Return labels of what a text that was not understood may have been meant to say."""
        text = " ".join(_HIDDEN.sub("", text).split())
        if not text or len(text) > _LONGEST_NAME:
            return ()
        folded = text.casefold()
        if folded in self._everything:
            return (self._everything[folded].label,)
        found = self._meant(text)[0]
        if not found and (code := re.search(r"(?:^|[:-])(\d{1,3})(?:[.,]0+)?$", text)):
            prefix = folded.partition(":")[0]
            kinds = [prefix] if prefix in CODE_WIDTH else ["municipality", "region"]
            if self._kind is not None:
                kinds = [self._kind]
            ids = [f"{kind}:fi-{code[1].zfill(CODE_WIDTH.get(kind, 0))}" for kind in kinds]
            found = [self._entries[i] for i in ids if i in self._entries]
        if found:
            return tuple(entry.label for entry in found[:_SUGGESTIONS])
        if _LIKE_ID.fullmatch(folded):
            folded = re.sub(r"^[a-z_]+:(?:[a-z]{2}-)?", "", folded).replace("_", " ")
        key = normal(folded)
        return self._alike.best([key, *(name for name, _ in phrases(key))], _SUGGESTIONS)

    @cached_property
    def _alike(self) -> Lookalikes:
        # Without `kind` a sub-region would only double the municipality it is named after.
        skip = "sub_region" if self._kind is None else ""
        entries = [entry for entry in self._entries.values() if entry.kind != skip]
        return Lookalikes((name, entry.label) for entry in entries for name in entry.in_phrase)

    def _meant(self, text: str) -> tuple[list[Entry], str | None]:
        found, note = self._simple(text)
        if not found:
            both = _LABEL.fullmatch(text) or _CODE_AND_NAME.fullmatch(text)
            parts = [part for part in (both.groups() if both else _PARTS.split(text)) if part]
            each = [self._simple(part)[0] for part in parts]
            if len(each) > 1 and all(each):
                # "Helsinki (091)", "Turku / Åbo": certain when the parts agree.
                agreed = [e for e in each[0] if all(e in other for other in each[1:])]
                found = agreed or list(dict.fromkeys(e for other in each for e in other))
        if self._kind is None:
            found = [entry for entry in found if entry.kind in _FIRST_KINDS] or found
        return found, note

    def _simple(self, text: str) -> tuple[list[Entry], str | None]:
        """Read an id, a code, a name or a phrase."""
        folded = text.casefold()
        if folded in self._entries:
            return [self._entries[folded]], None
        if folded.isascii() and folded.isdecimal():
            kind = self._kind or "municipality"
            width = CODE_WIDTH.get(kind, 0)
            entry = self._entries.get(f"{kind}:fi-{folded.zfill(width)}")
            if entry is None or (len(folded) < width and folded[0] == "0"):
                return [], None
            return [entry], None if len(folded) == width else "padded"
        if code := _AREA_CODE.fullmatch(folded):
            entry = self._entries.get(f"{_AREA_KIND[code[1]]}:fi-{code[2]}")
            return ([entry] if entry else []), None
        key = normal(text)
        found = dict.fromkeys(self._plain.get(key, ()))
        for name, kind in phrases(key):
            found |= dict.fromkeys(self._in_phrase.get((name, kind), ()))
        return list(found), None

    def _misshapen(self, text: str) -> bool:
        folded = text.casefold()
        if folded.isascii() and folded.isdecimal():
            width = CODE_WIDTH.get(self._kind or "municipality", 0)
            return len(folded) > width or (len(folded) < width and folded[0] == "0")
        return bool(_LIKE_ID.fullmatch(folded)) and not _WELL_FORMED.fullmatch(folded)
