"""What the report says of networks, as statements: each with its basis and its place."""

from __future__ import annotations

from functools import cache
from typing import Final

import pandas as pd

from valuma_graph.policy import keeping


@cache
def reported() -> pd.DataFrame:
    """Return what the report says; the same for every set."""
    return pd.concat([_placed(), _attributes(), _profiles(), _classified()], ignore_index=True)


def _placed() -> pd.DataFrame:
    """Return direction, focus and models of the report's typology."""
    table = keeping.policy("quadrant")
    parts = []
    for attribute, column, basis in (
        ("direction", "axis_direction", "axis_direction_basis"),
        ("focus", "axis_focus", "axis_focus_basis"),
        ("model", "model", "model_basis"),
    ):
        rows = table.dropna(subset=[column])
        made = rows[["network_id", "source"]].assign(
            attribute=attribute,
            value=rows[column],
            basis=rows[basis],
            rule=rows["basis_detail"].where(rows[basis].ne("stated")),
            note=rows["basis_detail"].where(rows[basis].eq("stated")),
            as_of="2019",
        )
        if attribute == "model":
            made = made.assign(value=made["value"].str.split(";")).explode("value")
        parts.append(made)
    return pd.concat(parts)


def _attributes() -> pd.DataFrame:
    """Return what the report says of each network, by dimension; the typology has the direction."""
    table = keeping.policy("network_attributes")
    placed = set(keeping.policy("quadrant").dropna(subset=["axis_direction"])["network_id"])
    table = table[~(table["attribute"].eq("direction") & table["network_id"].isin(placed))]
    guessed = table["basis"].ne("stated")
    return table.assign(
        rule=table["note"].where(guessed),
        note=table["note"].where(~guessed),
        as_of="2019",
    )


_PROFILE: Final = {
    "description_en": "description",
    "founded_year": "founded_year",
    "ended_year": "ended_year",
    "level": "level",
    "openness": "openness",
    "coordinator": "coordinator",
    "host_organisation": "host",
    "staff": "staff",
    "fee_information": "fee",
    "funding_sources": "funding_source",
    "themes": "theme",
    "activities": "activity",
}
_LISTS: Final = ("funding_sources", "themes", "activities", "host_organisation")
CODED: Final = "coded_from_description"
_GUESSED: Final = {
    ("maaseutuverkosto", "founded_year"),
    ("kompetanseforum_ostfold", "founded_year"),
    ("keino", "founded_year"),
    ("keino", "host"),
}
"""Facts of the profiles that were inferred, as the note of their row tells."""


def _profiles() -> pd.DataFrame:
    """Return the facts of the report's profiles; words only where the attributes have none."""
    table = keeping.policy("network_profiles")
    told = keeping.policy("network_attributes")
    told_of = set(zip(told["network_id"], told["attribute"], strict=True))
    records, rows = table.to_dict("records"), []
    for column, attribute in _PROFILE.items():
        coded = attribute in {"level", "openness"}
        for row in records:
            key = (row["network_id"], attribute)
            if key in told_of or not isinstance(row[column], str):
                continue
            guessed = key in _GUESSED
            made = {
                "network_id": row["network_id"],
                "attribute": attribute,
                "basis": "inferred" if guessed else "coded" if coded else "stated",
                "rule": row["note"] if guessed else CODED if coded else None,
                "note": row["note"] if attribute == "description" else None,
                "as_of": row["as_of"],
                "source": row["source"],
            }
            values = row[column].split(";") if column in _LISTS else [row[column]]
            rows += [made | {"value": value.strip()} for value in values]
    return pd.DataFrame(rows, dtype="str").assign(
        note=pd.Series([row["note"] for row in rows], dtype="object")
    )


def _classified() -> pd.DataFrame:
    """Return the funding model of each network; stated only where Table 5 itself names it."""
    table = keeping.policy("funding_models")
    table = table[table["funding_model_id"].ne("not_classified")]
    named = table["source"].str.contains("Table 5", regex=False)
    table = table.assign(named=named).sort_values("named", ascending=False, kind="stable")
    table = table.drop_duplicates("network_id")
    return table[["network_id", "source"]].assign(
        attribute="funding_model",
        value=table["funding_model_id"],
        basis=table["named"].map({True: "stated", False: "coded"}),
        rule=table["named"].map({True: None, False: _NOT_NAMED}),
        as_of="2019",
    )


_NOT_NAMED: Final = 'Table 5 writes "Reglab" and refers to the Swedish one for the 24 members'
