"""The checks of the scorecard: what each asks, where the report says so, and what answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pandas as pd

from valuma_graph.policy import keeping
from valuma_graph.policy.ages import places
from valuma_graph.policy.wording import said
from valuma_graph.text import check_lang, t


@dataclass(frozen=True)
class Check:
    """
    One check of the scorecard.

    Parameters
    ----------
    name
        After the factor and a dot, the id.
    points
        What makes it a success factor: subpoints of the factor in `success_factors.csv`,
        questions of Table 4, or what belongs to a phase of figure 9; the first is shown.
    attribute
        The coded answer that decides.
    met, not_met
        Codes that meet it, and that do not; others leave it unknown.
    words
        Attributes in words, shown where nothing else is known but never judged.
    """

    name: str
    points: tuple[str, ...]
    attribute: str = ""
    met: tuple[str, ...] = ("yes",)
    not_met: tuple[str, ...] = ("partly", "no")
    words: tuple[str, ...] = ()

    @property
    def factor(self) -> str:
        """Return the id of its factor."""
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        """Return its key in the catalogue, after `check.`."""
        return self.name.replace(".", "_")


def _check(
    name: str,
    *points: str | int,
    attribute: str = "",
    met: tuple[str, ...] = ("yes",),
    not_met: tuple[str, ...] = ("partly", "no"),
    words: tuple[str, ...] = (),
) -> Check:
    factor = name.partition(".")[0]
    whole = tuple(f"{factor}_{p}" if isinstance(p, int) else p for p in points)
    return Check(name, whole, attribute, met, not_met, words)


CHECKS: Final = (
    _check("trust_vision.shared_aim", 2, 3, attribute="shared_aim", words=("goal",)),
    _check("trust_vision.trust", 1, 6, words=("trust",)),
    _check(
        "trust_vision.need", 5, attribute="initiator", met=("areas", "both"), not_met=(),
        words=("origin",),
    ),
    _check("trust_vision.members_meet", 7),
    _check("fit_way_of_working.focus_clear", 7, 8, attribute="focus_clear"),
    _check(
        "fit_way_of_working.rules_agreed", 1, 6, attribute="rules_agreed",
        words=("formal_structure",),
    ),
    _check("fit_way_of_working.lasting", 3, words=("establishment",)),
    _check(
        "fit_way_of_working.results", "operating_model_5", "operating_model_6", 4,
        attribute="measured", not_met=("no",), words=("measurement",),
    ),
    _check("dynamic_coordination.led", 1),
    _check(
        "dynamic_coordination.resourced", 2, "operating_model_2",
        words=("coordination_resourcing",),
    ),
    _check(
        "dynamic_coordination.internal_communication", 3, attribute="internal_communication",
        words=("interaction",),
    ),
    _check("dynamic_coordination.deputy", 4, attribute="deputy"),
    _check(
        "dynamic_coordination.renewal", "renewal_2", "renewal_1", "renewal_3",
        attribute="life_phase", met=("renewal",), not_met=(), words=("phase",),
    ),
    _check("committing_funding.several_sources", 1, words=("funding_source",)),
    _check(
        "committing_funding.members_pay", 2, "trust_vision_8", attribute="members_pay",
        words=("fee",),
    ),
    _check(
        "committing_funding.ownership", 5, 4, "operating_model_1", attribute="owner",
        met=("areas", "members"), not_met=("host",), words=("ownership",),
    ),
    _check(
        "committing_funding.openness", 3, "membership_1", attribute="openness",
        met=("open", "partly_open"), not_met=("closed",), words=("entry",),
    ),
    _check("committing_funding.evaluated", 13, "operating_model_6", attribute="evaluated"),
    _check("productisation_brand.products", 1, attribute="products"),
    _check("productisation_brand.services", 2),
    _check("productisation_brand.brand", 3, 6, attribute="brand"),
    _check("productisation_brand.substance", 5),
)  # fmt: skip
"""The checks in the order of the factors."""

FACTORS: Final = tuple(dict.fromkeys(c.factor for c in CHECKS))


def checks(*, lang: str = "en") -> pd.DataFrame:
    """
    Return the checks of the scorecard.

    Parameters
    ----------
    lang
        Language of names, titles and points.

    Returns
    -------
    checks
        Index `check`: `factor` (id), `name` (of the factor), `title` (of the check), `point`
        (what the report says of it), `reference` (where).

    Source: the report, ch. 4.3 (and 4.1, Table 4, and 4.2, of funding).

    Examples
    --------
    >>> len(checks()), checks().loc["dynamic_coordination.deputy", "point"]
    (22, 'Lead tied to one person makes the network vulnerable')
    """
    check_lang(lang)
    words, sources = points(lang)
    return pd.DataFrame(
        {
            "factor": [c.factor for c in CHECKS],
            "name": [t(f"factor.{c.factor}", lang) for c in CHECKS],
            "title": [t(f"check.{c.key}", lang) for c in CHECKS],
            "point": [words[c.points[0]] for c in CHECKS],
            "reference": [reference(c, sources) for c in CHECKS],
        },
        index=pd.Index([c.name for c in CHECKS], name="check"),
    )


def reference(check: Check, sources: dict[str, str]) -> str:
    """Return the places in the report that make a check a success factor."""
    return places(sources[p] for p in check.points) or ""


def points(lang: str) -> tuple[dict[str, str], dict[str, str]]:
    """
    Return the words, and the places in the report, of what makes a success factor.

    The points of the success factors, the questions of Table 4, and what belongs to a phase of
    figure 9 (`renewal_1` and so on), by their ids.
    """
    words: dict[str, str] = {}
    sources: dict[str, str] = {}
    phases = keeping.policy("lifecycle")
    phases = phases[phases["figure"].eq("figure 9")]
    number = (phases.groupby("phase_id").cumcount() + 1).astype("str")
    for table, ids, column in (
        (keeping.policy("success_factors"), "subpoint_id", "subpoint_en"),
        (keeping.policy("framework_table4"), "question_id", "question_en"),
        (phases.assign(id=phases["phase_id"] + "_" + number), "id", "item_en"),
    ):
        named = table[table[column].notna()]
        words |= {str(k): said(v, lang) for k, v in zip(named[ids], named[column], strict=True)}
        sources |= dict(zip(named[ids].astype("str"), named["source"].astype("str"), strict=True))
    return words, sources


# -- what the report says for or against a check, read and coded one by one ----------------------


@dataclass(frozen=True)
class Reading:
    """
    One statement of the report, put into a class.

    Parameters
    ----------
    check
        The check of `scorecards.CHECKS`, or the rule of `hazards.RULES`, that it answers.
    network
        The network.
    attribute, value
        The statement, as `statements.gather` has it.
    speaks_for
        Whether it says that the check is met (the risk present).
    """

    check: str
    network: str
    attribute: str
    value: str
    speaks_for: bool = True


READINGS: Final = (
    Reading(
        "trust_vision.shared_aim", "suomen_kasvukaytava", "trust",
        "Rests on free will, shared goals and mutual trust of independent but interdependent"
        " actors",
    ),
    Reading(
        "trust_vision.trust", "reglab_se", "trust",
        "Standing apart from the hierarchy has built deep trust between Reglab, members and"
        " single experts",
    ),
    Reading(
        "trust_vision.trust", "paper_province", "trust",
        "Building trust is a central aim; the organisation acts as neutral go-between",
    ),
    Reading(
        "trust_vision.trust", "north_calotte_council", "trust",
        "Deeper trust than in other networks of the area, according to the Finnmark interviewee",
    ),
    Reading(
        "trust_vision.trust", "suomen_kasvukaytava", "trust",
        "Rests on free will, shared goals and mutual trust of independent but interdependent"
        " actors",
    ),
    Reading("trust_vision.trust", "crosscare", "trust",
            "Keen, responsible people and mutual trust"),
    Reading("trust_vision.trust", "allied_ict_finland", "challenge",
            "Oulu-centred lead does not build trust", speaks_for=False),
    Reading("fit_way_of_working.rules_agreed", "dream", "formal_structure",
            "Very few fixed models and practices", speaks_for=False),
    Reading("fit_way_of_working.rules_agreed", "kuusi_aika", "challenge",
            "Office's role and its division with city coordination unclear", speaks_for=False),
    Reading("dynamic_coordination.led", "nspa", "coordination_resourcing",
            "No real coordinator, strategy or staff of its own", speaks_for=False),
    Reading("dynamic_coordination.resourced", "mittnorden", "coordination_resourcing",
            "A few own employees"),
    Reading("dynamic_coordination.resourced", "seutukaupunkiverkosto", "coordination_resourcing",
            "1–2 person-years, by Kuntaliitto and on its money"),
    Reading("dynamic_coordination.resourced", "seutu_ohjelma", "coordination_resourcing",
            "Project manager and money for bought expertise"),
    Reading(
        "dynamic_coordination.internal_communication", "forum_sweden", "coordination_resourcing",
        "Coordination means involving working groups, networks and other actors, plus"
        " communication inside the forum and to the regions",
    ),
    Reading(
        "dynamic_coordination.internal_communication", "euniver_cities", "coordination",
        "Secretariat arranges meetings and keeps communication smooth; members run their own"
        " extra projects",
    ),
    Reading("dynamic_coordination.deputy", "north_calotte_council", "formal_structure",
            "Members lead in turn for two years"),
    Reading("dynamic_coordination.deputy", "euniver_cities", "coordination",
            "One tandem at a time is secretariat for three years; Delft for long, now Parma"),
    Reading("committing_funding.members_pay", "nspa", "fee", "No member fee", speaks_for=False),
    Reading("committing_funding.members_pay", "maaseutuverkosto", "fee",
            "None; taking part needs no special contribution", speaks_for=False),
    Reading("committing_funding.members_pay", "reglab_se", "fee", "Partners SEK 25,000 a year"),
    Reading("committing_funding.members_pay", "sweden_bioeconomy_network", "fee",
            "Värmland 5,000 EUR a year"),
    Reading("committing_funding.members_pay", "vanguard_initiative", "fee",
            "Värmland 10,000 EUR a year"),
    Reading("committing_funding.members_pay", "mittnorden", "fee", "Trøndelag SEK 440,000"),
    Reading("committing_funding.members_pay", "suomen_kasvukaytava", "fee",
            "5,000–15,000 EUR by size"),
    Reading("committing_funding.members_pay", "pohjoinen_kasvuvyohyke", "fee",
            "10,000 EUR a year"),
    Reading("committing_funding.members_pay", "fisu", "fee", "By population"),
    Reading(
        "committing_funding.members_pay", "mal_verkosto", "fee",
        "Member municipalities pay municipal shares, about 50 % of the basic funding; the other"
        " members about 50 %",
    ),
    Reading("committing_funding.members_pay", "seutu_ohjelma", "fee",
            "Half of the funding comes from the 24 cities"),
    Reading("committing_funding.members_pay", "kehyskuntaverkosto", "fee",
            "Members fund the activity; sums not given"),
    Reading("committing_funding.members_pay", "paper_province", "fee",
            "About 5–6 % of the funding comes from member companies"),
    Reading("committing_funding.members_pay", "sisp", "fee", "Member fees; sums not given"),
    Reading("committing_funding.ownership", "sisp", "ownership", "Owned jointly by all members"),
    Reading("committing_funding.ownership", "crosscare", "ownership",
            "Shared; labs influence which projects they get"),
    Reading("committing_funding.ownership", "euniver_cities", "ownership", "Shared"),
    Reading("committing_funding.ownership", "scottish_islands_federation", "ownership",
            "Members, e.g. through member votes"),
    Reading(
        "committing_funding.ownership", "suomen_kasvukaytava", "ownership",
        "Shared; strongest with Hämeenlinna (coordination), Uudenmaan liitto and TEM (funding,"
        " national support)",
    ),
    Reading("committing_funding.ownership", "seutukaupunkiverkosto", "ownership",
            "Runs on the cities' own terms and shared needs"),
    Reading("committing_funding.ownership", "kuusi_aika", "ownership",
            "Cities define the themes of calls and choose projects together"),
    Reading("committing_funding.ownership", "allied_ict_finland", "ownership",
            "Not defined; in practice with Oulu", speaks_for=False),
    Reading("committing_funding.evaluated", "suomen_kasvukaytava", "measurement",
            "Commissioned an evaluation of its activity"),
    Reading("committing_funding.evaluated", "kuusi_aika", "measurement", "Mid-term evaluation"),
    Reading("coordination_in_one_hand", "allied_ict_finland", "challenge",
            "Oulu-centred lead does not build trust"),
    Reading("coordination_in_one_hand", "north_calotte_council", "formal_structure",
            "Members lead in turn for two years", speaks_for=False),
    Reading("coordination_in_one_hand", "euniver_cities", "coordination",
            "One tandem at a time is secretariat for three years; Delft for long, now Parma",
            speaks_for=False),
    Reading("funding_ends", "paper_province", "challenge",
            "The ten-year Vinnväxt funding is ending"),
    Reading("funding_ends", "dream", "establishment",
            "Began in 2012; present research project to 2020; permanence hoped for"),
)  # fmt: skip
"""Only what the words say plainly; statements that can be read both ways are left out."""


@dataclass(frozen=True)
class Example:
    """
    A network that the report names as an example of a point of chapter 4.3.

    Parameters
    ----------
    check
        The check that it answers.
    network
        The network.
    subpoint
        The point, as in `success_factors.csv`.
    speaks_for
        Whether the network is a good example; False where the report names it as a warning.
    """

    check: str
    network: str
    subpoint: str
    speaks_for: bool = True


EXAMPLES: Final = (
    Example("trust_vision.need", "forum_sweden", "trust_vision_5"),
    Example("trust_vision.need", "kompetanseforum_hordaland", "trust_vision_5"),
    Example("trust_vision.need", "kompetanseforum_ostfold", "trust_vision_5"),
    Example("committing_funding.members_pay", "sip_sweden", "trust_vision_9"),
    Example(
        "fit_way_of_working.focus_clear",
        "allied_ict_finland",
        "fit_way_of_working_7",
        speaks_for=False,
    ),
    Example("fit_way_of_working.focus_clear", "euniver_cities", "fit_way_of_working_8"),
    Example("committing_funding.members_pay", "reglab_dk", "committing_funding_2"),
    Example("committing_funding.members_pay", "euniver_cities", "committing_funding_2"),
    Example("committing_funding.ownership", "reglab_dk", "committing_funding_5"),
    Example("productisation_brand.products", "crosscare", "productisation_brand_1"),
    Example("productisation_brand.products", "reglab_dk", "productisation_brand_1"),
    Example("productisation_brand.products", "reglab_se", "productisation_brand_1"),
    Example("productisation_brand.services", "reglab_dk", "productisation_brand_2"),
    Example("productisation_brand.brand", "dream", "productisation_brand_3"),
    Example("productisation_brand.brand", "reglab_dk", "productisation_brand_6"),
    Example("productisation_brand.brand", "reglab_se", "productisation_brand_6"),
)
"""
Networks that `success_factors.csv` names, with whether each is an example or a warning.

One is left out: Allied ICT Finland, whose models were hard to take to other places, answers none
of the checks.
"""
