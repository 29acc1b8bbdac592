"""The report's own tables: survey, instruments, recommendations, countries, money, life cycle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from valuma_graph.policy import keeping
from valuma_graph.policy.schema import CODES
from valuma_graph.policy.wording import worded
from valuma_graph.text import check_lang, t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_SURVEY: Final = {
    "table2": ("table2",),
    "figure4": ("figure4",),
    "figure5": ("figure5",),
    "figure6": ("figure6",),
    "figure7": ("figure7",),
    "figure7_text": ("figure7_text",),
    "table3": ("table3",),
    "six_aika": ("6aika",),
    "survey_facts": ("meta", "study_data"),
}
_GROUPS: Final = {
    "6Aika cities": "six_aika",
    "C21 cities": "c_cities",
    "neighbour municipalities of 6Aika cities": "neighbours",
    "neighbour municipalities and C21 cities": "neighbours_c",
    "all 6Aika groups": "all_groups",
}
_PICTURES: Final = ("figure4", "figure5", "figure6")
_TABLE5: Final = "VALUMA report, ch. 4.2, Table 5"
# What the notes of the tables say where a unit, a year or a class is not the report's own word.
_GUESSED: Final = "inferred|Taken as|taken as|Years are those of the network"


def context(name: str, *, lang: str = "en") -> pd.DataFrame:
    """
    Return one of the report's own tables, to the letter of its figures.

    Parameters
    ----------
    name
        One of `CONTEXTS`. Of the municipal survey (autumn 2019, ch. 3.2): `table2` (respondents),
        `figure4`, `figure5`, `figure6` (pictures whose shares the text does not give: only its
        statements), `figure7` (18 percentages) and `figure7_text` (what the text says of them),
        `table3` (themes), `six_aika`, `survey_facts`. Besides: `instruments` (ch. 3.1),
        `recommendations` (ch. 6.2), `countries` (Annex 1), `table5` (funding models, ch. 4.2),
        `amounts` (every fee and budget), `lifecycle` (figures 9 and 10) and `success_factors`
        (ch. 4.3).
    lang
        Language of the words.

    Returns
    -------
    table
        `basis`, `rule` (how a row that is not stated has come about) and `source`, and of

        - the survey: `question_id`, `question`, `size_class` (A to E, or a group), `name` of it,
          `item`, `value` (whole numbers; text in `survey_facts`, which has dates), `unit`, `note`;
        - `instruments`: a row for each lesson: `programme_id`, `name`, `country`, `start`, `end`
          (years), `type`, `funder`, `description`, `lesson_order`, `lesson`, `note`;
        - `recommendations`: `recommendation_no`, `addressee`, `part` (recommendation, content,
          effect), `item_order`, `item`;
        - `countries`: `country`, `name`, `level`, `attribute`, `item` (its words), `value` (words
          or a number), `number`, `unit`, `year`, `tier_name`, `note`;
        - `table5`: `funding_model`, `item` (its words), `network_id`, `name`, `payer`, `detail`,
          `note`;
        - `amounts`: `row_id` (of `funding_models`; missing for programmes), `network_id`, `name`,
          `payer`, `item`, `amount`, `currency`, `unit`, `share` (0 to 1, of what `item` says),
          `year`, `detail`, `note`; a fee without a figure has no amount;
        - `lifecycle`: `figure`, `phase_order`, `phase_id`, `name`, `item`;
        - `success_factors`: `factor_id`, `factor_order`, `name`, `subpoint_id`, `item`,
          `example_networks` (ids, separated by ";"), `note`.

    Raises
    ------
    ValueError
        If there is no such table; the message names those that there are.

    Notes
    -----
    A value is `coded` where the report gives words for it ("four of five"), and `inferred` where
    a unit or year follows from elsewhere. Figure 7 shows shares without a word beside each; that
    the first is "no" follows from the text and the weighted means, so its rows are `inferred`.

    Examples
    --------
    >>> context("table2")["value"].tolist()
    [87, 308, 429, 501, 362, 1687]
    >>> context("countries").query("attribute == 'count' and level == 'regional'")["value"].tolist()
    ['21', '18', '5', '12', '35']
    """
    check_lang(lang)
    if name not in CONTEXTS:
        raise ValueError(f"name must be one of {', '.join(CONTEXTS)}, not {name!r}")
    return _survey(name, lang) if name in _SURVEY else _OTHERS[name](lang)


def _survey(name: str, lang: str) -> pd.DataFrame:
    table = keeping.policy("survey")
    table = table[table["question_id"].isin(_SURVEY[name])].reset_index(drop=True)
    grade = _graded(table, name)
    note = worded(table["note"], lang)
    if name in _PICTURES:
        note = note.fillna(t("policy_context.picture", lang))
    made = pd.DataFrame(
        {
            "question_id": table["question_id"],
            "question": worded(table["question_en"], lang),
            "size_class": table["size_class"],
            "name": [_class_name(code, lang) for code in table["size_class"]],
            "item": worded(table["item"], lang),
            "value": table["value"],
            "unit": worded(table["unit"], lang),
            "basis": grade["basis"],
            "rule": grade["rule"],
            "note": note,
            "source": table["source"],
        }
    )
    if name != "survey_facts":
        made["value"] = pd.to_numeric(made["value"]).astype("Int64")
    return made


def _graded(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return how firm each row of the survey is, and by which rule."""
    unit, note = table["unit"].fillna(""), table["note"].fillna("")
    grade = pd.DataFrame({"basis": "stated", "rule": None}, index=table.index, dtype="object")
    grade.loc[unit.str.startswith("percent, "), :] = ["coded", "policy_context_words"]
    grade.loc[note.str.contains("is placed at", regex=False), :] = ["coded", "policy_context_class"]
    if name == "figure7":
        grade.loc[:, :] = ["inferred", "policy_context_order"]
    return grade


def _class_name(code: str | float, lang: str) -> str | None:
    """Return the words for a size class, a sum of classes, or a group of the 6Aika questions."""
    if not isinstance(code, str):
        return None
    return " + ".join(t(f"policy_class.{_GROUPS.get(one, one)}", lang) for one in code.split("+"))


def _titles(ids: pd.Series, lang: str) -> pd.Series:
    """Return the names of networks and programmes."""
    found: dict[str, str] = {}
    for table in (keeping.programmes(), keeping.register()[1]):
        order = dict.fromkeys([f"name_{lang}", "name_fi", "name_en"])
        best = table[[c for c in order if c in table]].bfill(axis=1).iloc[:, 0]
        found |= {str(one): str(name) for one, name in best.dropna().items()}
    return ids.map(lambda one: found.get(one, one))


def _listed(column: pd.Series, lang: str) -> pd.Series:
    """Return a column of lists, separated by ";", each entry in a language."""
    parts = column.str.split(";").explode()
    return worded(parts, lang).groupby(level=0, sort=False).agg(_joined).reindex(column.index)


def _joined(parts: pd.Series) -> str | None:
    kept = parts.dropna()
    return "; ".join(kept) if len(kept) else None


def _years(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column).astype("Int64")


def _stated(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the columns and, at the end, that the report says so, and where."""
    made = table[[*columns]].assign(basis="stated", rule=None)
    return made.assign(source=table["source"]).reset_index(drop=True)


def _guessed(note: pd.Series) -> pd.Series:
    """Tell which rows have a note, in English, that something in them is not the report's word."""
    return note.str.contains(_GUESSED).eq(True)  # noqa: FBT003  missing is not guessed


def _graded_by_note(made: pd.DataFrame, guessed: pd.Series) -> pd.DataFrame:
    """Return the rows, those of which it is told inferred, by their note."""
    basis = guessed.map({True: "inferred", False: "stated"})
    return made.assign(basis=basis, rule=made["note"].where(guessed))


def _instruments(lang: str) -> pd.DataFrame:
    table = keeping.programmes().reset_index()
    table = table.assign(
        name=_titles(table["programme_id"], lang),
        start=_years(table["start_year"]),
        end=_years(table["end_year"]),
        type=worded(table["type"], lang),
        funder=_listed(table["funder"], lang),
        description=worded(table["description_en"], lang),
        note=worded(table["note"], lang),
        guessed=_guessed(table["note"]),
        lesson=table["lessons"].str.split(";"),
    ).explode("lesson", ignore_index=True)
    told = table["lesson"].notna()
    order = table.groupby("programme_id").cumcount().add(1).astype("Int64")
    table = table.assign(lesson=worded(table["lesson"], lang), lesson_order=order.where(told))
    made = _stated(
        table,
        ["programme_id", "name", "country", "start", "end", "type", "funder", "description",
         "lesson_order", "lesson", "note"],
    )  # fmt: skip
    return _graded_by_note(made, table["guessed"])


def _recommendations(lang: str) -> pd.DataFrame:
    table = keeping.policy("recommendations")
    addressee = table["addressee_fi"] if lang == "fi" else worded(table["addressee_en"], lang)
    table = table.assign(
        recommendation_no=_years(table["recommendation_no"]),
        addressee=addressee,
        item_order=_years(table["item_order"]),
        item=worded(table["item_en"], lang),
    )
    return _stated(table, ["recommendation_no", "addressee", "part", "item_order", "item"])


def _countries(lang: str) -> pd.DataFrame:
    table = keeping.policy("countries")
    table = table.assign(
        name=worded(table["country_name_en"], lang),
        item=[t(f"policy_country.{one}", lang) for one in table["attribute"]],
        number=pd.to_numeric(table["value"], errors="coerce").astype("Int64"),
        value=worded(table["value"], lang),
        unit=worded(table["unit"], lang),
        note=worded(table["note"], lang),
    )
    return _stated(
        table,
        ["country", "name", "level", "attribute", "item", "value", "number", "unit", "year",
         "tier_name", "note"],
    )  # fmt: skip


def _table5(lang: str) -> pd.DataFrame:
    table = keeping.policy("funding_models")
    table = table[table["funding_model_id"].ne("not_classified")]
    told = table["source"].eq(_TABLE5)
    # Table 5 writes "Reglab" once: where it does not tell of a network, its first figure stands.
    untold = ~table["network_id"].isin(list(table.loc[told, "network_id"]))
    table = table[told | (untold & ~table.duplicated("network_id"))].reset_index(drop=True)
    table = table.assign(
        funding_model=table["funding_model_id"],
        item=[t(f"code_funding_model.{one}", lang) for one in table["funding_model_id"]],
        name=_titles(table["network_id"], lang),
        payer=_listed(table["payer"], lang),
        detail=worded(table["detail"], lang),
        note=worded(table["note"], lang),
    )
    made = _stated(
        table, ["funding_model", "item", "network_id", "name", "payer", "detail", "note"]
    )
    made.loc[made["source"].ne(_TABLE5), ["basis", "rule"]] = ["coded", "policy_context_reglab"]
    return made


def _amounts(lang: str) -> pd.DataFrame:
    money = keeping.policy("funding_models")
    figures = money[["currency", "share_pct"]].notna().any(axis=1)
    money = money[figures | money["item"].str.contains("fee", regex=False)]
    fed = keeping.programmes().reset_index().rename(columns={"programme_id": "network_id"})
    fed = fed.dropna(subset=["funding_amount"]).assign(
        payer=lambda f: f["funder"],
        item="programme funding",
        amount=lambda f: f["funding_amount"],
        currency=lambda f: f["funding_currency"],
        unit="total",
        detail=lambda f: f["funding_note"],
    )
    # A sum that two tables tell from the same place is one sum.
    told = set(zip(money["amount"], money["source"], strict=True))
    fresh = [(a, s) not in told for a, s in zip(fed["amount"], fed["source"], strict=True)]
    columns = ["network_id", "payer", "item", "amount", "currency", "unit", "detail", "source"]
    whole = pd.concat([money, fed.loc[fresh, columns]], ignore_index=True)
    guessed, note = _guessed(whole["note"]), worded(whole["note"], lang)
    made = pd.DataFrame(
        {
            "row_id": whole["row_id"],
            "network_id": whole["network_id"],
            "name": _titles(whole["network_id"], lang),
            "payer": _listed(whole["payer"], lang),
            "item": worded(whole["item"], lang),
            "amount": pd.to_numeric(whole["amount"], errors="coerce"),
            "currency": whole["currency"],
            "unit": worded(whole["unit"], lang),
            "share": pd.to_numeric(whole["share_pct"]) / 100,
            "year": whole["year"],
            "detail": worded(whole["detail"], lang),
            "note": note,
        }
    )
    return _graded_by_note(_stated(made.assign(source=whole["source"]), [*made]), guessed)


def _lifecycle(lang: str) -> pd.DataFrame:
    table = keeping.policy("lifecycle")
    lists = table["figure"].map({"figure 9": "phase", "figure 10": "stage"})
    codes = zip(lists, table["phase_id"], worded(table["phase_en"], lang), strict=True)
    table = table.assign(
        phase_order=_years(table["phase_order"]),
        # The background of figure 10 is no stage: it has its own words.
        name=[t(f"code_{a}.{b}", lang) if b in CODES[a] else words for a, b, words in codes],
        item=worded(table["item_en"], lang),
    )
    return _stated(table, ["figure", "phase_order", "phase_id", "name", "item"])


def _success_factors(lang: str) -> pd.DataFrame:
    table = keeping.policy("success_factors")
    table = table.assign(
        factor_order=_years(table["factor_order"]),
        name=table["factor_fi"] if lang == "fi" else worded(table["factor_en"], lang),
        item=worded(table["subpoint_en"], lang),
        note=worded(table["example_note"], lang),
    )
    return _stated(
        table,
        ["factor_id", "factor_order", "name", "subpoint_id", "item", "example_networks", "note"],
    )


_OTHERS: Final[dict[str, Callable[[str], pd.DataFrame]]] = {
    "instruments": _instruments,
    "recommendations": _recommendations,
    "countries": _countries,
    "table5": _table5,
    "amounts": _amounts,
    "lifecycle": _lifecycle,
    "success_factors": _success_factors,
}

CONTEXTS: Final = (*_SURVEY, *_OTHERS)
"""The report's own tables that `context` returns."""
