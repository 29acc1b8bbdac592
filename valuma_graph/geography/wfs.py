"""Statistics Finland's boundaries: asked for by hand, checked, and kept in the user's cache."""

from __future__ import annotations

import hashlib
import html
import http.client
import json
import re
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

from valuma_graph.errors import FormatError, GeometryError
from valuma_graph.geography.official import read_shapes
from valuma_graph.geography.soundness import checked
from valuma_graph.places import gazetteer

if TYPE_CHECKING:
    import geopandas as gpd

Scale = Literal["4500k", "1000k"]
URL: Final = "https://geo.stat.fi/geoserver/tilastointialueet/wfs"
"""Statistics Finland's service of statistical areas."""

ATTRIBUTION: Final = "Statistics Finland, municipal boundaries of {year}, 1:{scale} 000; CC BY 4.0"
"""What the licence asks to be shown with the boundaries."""

_PAGE, _PAGES = 1000, 100
_LARGEST = 300_000_000  # bytes of one answer
_PATIENCE = 20  # times the time-out: how long one answer may take in all
_PAUSE = 1.0  # seconds before a second try
_THEIR_FAULT = 500  # HTTP: from here on the server is to blame
_EXCEPTION = re.compile(
    r"<(?:\w+:)?(?:ExceptionText|ServiceException)\b[^>]*>(.*?)</(?:\w+:)?(?:ExceptionText|ServiceException)",
    re.DOTALL,
)
_UNKNOWN = re.compile(r"unknown|not found|could not (?:find|locate)|invalid value", re.IGNORECASE)


class _Refused(Exception):  # noqa: N818
    """The service answered with an exception report."""


class _Again(Exception):  # noqa: N818
    """It went wrong in a way that may have passed."""


class _Page(NamedTuple):
    features: list[dict[str, Any]]
    matched: int | None
    crs: str | None


def fetch_boundaries(
    year: int,
    *,
    scale: Scale = "4500k",
    url: str = URL,
    timeout: float = 30,
    folder: str | Path | None = None,
) -> gpd.GeoDataFrame:
    """
    Fetch the municipalities of a division from Statistics Finland, and keep them in the cache.

    The one function that uses the network. What comes is checked as `read_boundaries` checks a
    file, and only then moved to its place; an earlier file stays where it is if anything fails.
    After a time-out or a fault of the server it is tried once more.

    Source: Statistics Finland, WFS of statistical areas (GeoServer, WFS 2.0.0), CC BY 4.0,
    https://stat.fi/org/avoindata/paikkatietoaineistot/kuntapohjaiset_tilastointialueet_en.html.

    Parameters
    ----------
    year
        The division, 2013 to 2026.
    scale
        `4500k` (1:4 500 000, for maps of the country) or `1000k` (1:1 000 000).
    url
        The service; http or https.
    timeout
        Seconds to wait for an answer to begin, or to go on.
    folder
        Where to keep it; None for the user's cache folder.

    Returns
    -------
    boundaries
        As `read_boundaries` returns them; `attrs` has attribution, fetched (ISO date), url, year
        and scale.

    Raises
    ------
    FormatError
        If the service cannot be reached, refuses, does not have that year, or its answer is
        damaged, incomplete or no GeoJSON.
    GeometryError
        If something is wrong with the boundaries that it gave.
    OSError
        If the cache cannot be written.
    ValueError
        If an argument is none of those allowed.

    Examples
    --------
    >>> fetch_boundaries(2020, url="ftp://geo.stat.fi/geoserver")
    Traceback (most recent call last):
    ...
    valuma_graph.errors.FormatError: the address has to begin with http:// or https://, not
    'ftp://geo.stat.fi/geoserver'
    """
    path = cache_path(year, scale, folder)
    if urllib.parse.urlsplit(url).scheme.lower() not in {"http", "https"}:
        raise FormatError(f"the address has to begin with http:// or https://, not {url!r}")
    if not timeout > 0:
        raise ValueError(f"timeout must be more than 0 seconds, not {timeout!r}")
    try:
        collection = _everything(url, _type(scale, year), timeout)
    except _Refused as error:
        raise FormatError(_refusal(str(error), url, year, scale, timeout)) from error
    _same_year(collection["features"], year, _host(url))
    shapes = read_shapes(json.dumps(collection).encode(), year=year, name=_host(url))
    found = checked(shapes, year=year, source=f"the answer of {_host(url)}", swap=True)
    found.attrs = {
        "attribution": ATTRIBUTION.format(year=year, scale=_words(scale)),
        "fetched": datetime.now(UTC).date().isoformat(),
        "url": url,
        "year": year,
        "scale": scale,
    }
    _keep(found, path)
    return found


def cached_boundaries(
    year: int, *, scale: Scale = "4500k", folder: str | Path | None = None
) -> gpd.GeoDataFrame | None:
    """
    Return boundaries that were fetched earlier; the network is not used.

    Parameters
    ----------
    year, scale, folder
        As for `fetch_boundaries`.

    Returns
    -------
    boundaries
        As `fetch_boundaries` returned them; None where they have not been fetched.

    Raises
    ------
    FormatError
        If the file is broken or was changed; fetching again replaces it.
    ValueError
        If an argument is none of those allowed.

    Examples
    --------
    >>> cached_boundaries(2020, folder="/no/such/folder") is None
    True
    """
    path = cache_path(year, scale, folder)
    if not path.exists():
        return None
    try:
        import pyogrio

        shapes = read_shapes(path, year=year)
        kept = pyogrio.read_info(path)["layer_metadata"] or {}
        found = checked(shapes, year=year, source=path.name)
    except (FormatError, GeometryError) as error:
        raise FormatError(_broken(path, str(error))) from error
    if kept.get("sha256") != _digest(found):
        raise FormatError(_broken(path, "its content is not what was fetched"))
    found.attrs = {key: kept.get(key) for key in ("attribution", "fetched", "url")}
    found.attrs |= {"year": year, "scale": scale}
    return found


def _broken(path: Path, why: str) -> str:
    return f"the cached boundaries {path} are broken: {why}. Fetch them again, or delete the file"


def _words(scale: str) -> str:
    return f"{int(scale[:-1]):,}".replace(",", " ")


def cache_path(year: int, scale: str = "4500k", folder: str | Path | None = None) -> Path:
    """
    Return where the boundaries of a year are kept once they have been fetched.

    Parameters
    ----------
    year, scale
        As for `fetch_boundaries`.
    folder
        Another folder than the user's cache.

    Returns
    -------
    path
        The file, whether it is there or not.

    Raises
    ------
    ValueError
        If the year or the scale is not known.

    Examples
    --------
    >>> cache_path(2020).name
    'boundaries-4500k-2020.gpkg'
    """
    gazetteer().division(year)
    if scale not in get_args(Scale):
        raise ValueError(f"scale must be one of {', '.join(get_args(Scale))}, not {scale!r}")
    if folder is None:
        import platformdirs

        folder = platformdirs.user_cache_path("valuma-graph")
    return Path(folder) / f"boundaries-{scale}-{year}.gpkg"


def _keep(found: gpd.GeoDataFrame, path: Path) -> None:
    """Write the cache file beside its place and move it there when it is complete."""
    import pyogrio

    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.gpkg")
    about = {key: str(value) for key, value in found.attrs.items()} | {"sha256": _digest(found)}
    try:
        pyogrio.write_dataframe(
            found.reset_index(),
            temporary,
            layer="municipalities",
            driver="GPKG",
            promote_to_multi=False,
            geometry_type="Unknown",
            layer_metadata=about,
        )
        temporary.replace(path)
    except pyogrio.errors.DataSourceError as error:
        raise OSError(f"{path} cannot be written: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _digest(found: gpd.GeoDataFrame) -> str:
    digest = hashlib.sha256()
    for member, shape in zip(found.index, found.geometry.to_wkb(), strict=True):
        digest.update(f"{member} {len(shape)} ".encode())
        digest.update(shape)
    return digest.hexdigest()


def _type(scale: str, year: int | str) -> str:
    return f"tilastointialueet:kunta{scale}_{year}"


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).netloc or url


def _everything(url: str, layer: str, timeout: float) -> dict[str, Any]:
    """Ask for one page after the other until all features are there, or refuse."""
    features: list[dict[str, Any]] = []
    first: _Page | None = None
    for _ in range(_PAGES):
        page = _page(url, layer, len(features), timeout)
        first = first or page
        if (page.matched, page.crs) != (first.matched, first.crs):
            raise FormatError(f"{_host(url)} changed its answer between two pages; try again later")
        features += page.features
        if not page.features or (page.matched is not None and len(features) >= page.matched):
            break
    if first is None or not features:
        raise FormatError(f"{_host(url)} sent no features of {layer}")
    ids = [one["id"] for one in features if one.get("id") is not None]
    if (first.matched is not None and len(features) != first.matched) or len(set(ids)) < len(ids):
        what = f"{len(features)} features, {len(ids) - len(set(ids))} of them twice,"
        raise FormatError(f"{_host(url)} sent {what} where it has {first.matched} of {layer}")
    crs = {"crs": {"type": "name", "properties": {"name": first.crs}}} if first.crs else {}
    return {"type": "FeatureCollection", **crs, "features": features}


def _page(url: str, layer: str, start: int, timeout: float) -> _Page:
    asked = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": layer,
        "outputFormat": "application/json",
        "srsName": "EPSG:3067",
        "sortBy": "kunta",  # pages need an order, and the tables have no primary key
        "count": str(_PAGE),
        **({"startIndex": str(start)} if start else {}),
    }
    host = _host(url)
    answer = _collection(_get(url, asked, timeout), host)
    features = answer["features"]
    said = answer.get("numberReturned", len(features))
    if said != len(features):
        raise FormatError(f"{host} sent {len(features)} features and says that they are {said}")
    matched = answer.get("numberMatched", answer.get("totalFeatures"))
    crs = answer.get("crs")
    try:
        name = None if crs is None else str(crs["properties"]["name"])
    except (KeyError, TypeError):
        raise FormatError(f"{host} states its coordinate system as {crs!r}") from None
    return _Page(features, matched if isinstance(matched, int) else None, name)


def _collection(text: str, host: str) -> dict[str, Any]:
    """Read an answer as GeoJSON, or say what it is instead."""
    start = text.lstrip("\ufeff \t\r\n")[:80]
    if report := _report(text):
        raise _Refused(report)
    if not start.startswith("{"):
        raise FormatError(
            f"{host} did not answer with GeoJSON but with {' '.join(start.split())!r}"
        )
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"the answer of {host} is cut off or damaged: {error}") from error
    features = answer.get("features")
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise FormatError(f"{host} answered with JSON that is no GeoJSON FeatureCollection")
    return dict(answer)


def _report(text: str) -> str:
    """Return the words of an XML exception report, "" if it is none."""
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        return ""
    found = [
        html.unescape(re.sub(r"<!\[CDATA\[|\]\]>", "", one)) for one in _EXCEPTION.findall(text)
    ]
    words = " ".join(" ".join(found).split())[:300]
    return words or ("no reason given" if "ExceptionReport" in text[:2000] else "")


def _refusal(words: str, url: str, year: int, scale: str, timeout: float) -> str:
    """Say why the service refused; which years it has, if it is the year."""
    if _UNKNOWN.search(words):
        years = _years(url, scale, timeout)
        if years and year not in years:
            has = ", ".join(map(str, years))
            return f"{_host(url)} has no boundaries of {year} at the scale {scale}; it has {has}"
    return f"{_host(url)} refused: {words}"


def _years(url: str, scale: str, timeout: float) -> list[int]:
    asked = {"service": "WFS", "version": "2.0.0", "request": "GetCapabilities"}
    try:
        text = _get(url, asked, timeout)
    except FormatError:
        return []  # the refusal itself is told
    named = re.findall(rf"<(?:\w+:)?Name>\s*(?:\w+:)?kunta{scale}_(\d{{4}})\s*</", text)
    return sorted({int(one) for one in named})


def _same_year(features: list[dict[str, Any]], year: int, host: str) -> None:
    said = {str((one.get("properties") or {}).get("vuosi") or year) for one in features}
    if other := sorted(said - {str(year)}):
        raise GeometryError(f"{host} sent boundaries of {', '.join(other)}, not of {year}")


def _get(url: str, asked: dict[str, str], timeout: float) -> str:
    """Ask, and once more after a time-out or a fault of the server."""
    try:
        return _once(url, asked, timeout)
    except _Again:
        time.sleep(_PAUSE)
    try:
        return _once(url, asked, timeout)
    except _Again as error:
        raise FormatError(f"{error}, twice in a row") from error


def _once(url: str, asked: dict[str, str], timeout: float) -> str:
    host, parts = _host(url), urllib.parse.urlsplit(url)
    query = "&".join(part for part in (parts.query, urllib.parse.urlencode(asked)) if part)
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        urllib.parse.urlunsplit(parts._replace(query=query, fragment="")),
        headers={"User-Agent": "valuma-graph", "Accept-Encoding": "identity"},
    )
    try:
        with _opener().open(request, timeout=timeout) as answer:
            return _body(answer, host, timeout)
    except TimeoutError as error:
        raise _Again(f"{host} did not answer within {timeout:g} s") from error
    except urllib.error.HTTPError as error:
        with error:
            words = _report(error.read(100_000).decode("utf-8", "replace"))
        if error.code >= _THEIR_FAULT:
            told = f": {words}" if words else ""
            raise _Again(f"{host} answered {error.code} {error.reason}{told}") from error
        if words:
            raise _Refused(words) from error
        raise FormatError(f"{host} answered {error.code} {error.reason}") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise _Again(f"{host} did not answer within {timeout:g} s") from error
        raise FormatError(f"{host} cannot be reached: {error.reason}") from error
    except (http.client.HTTPException, ConnectionError) as error:
        raise FormatError(f"the answer of {host} broke off: {error!r}") from error


def _body(answer: http.client.HTTPResponse, host: str, timeout: float) -> str:
    """Read an answer to its end; one that is too slow, too large or too short is refused."""
    until, parts, size = time.monotonic() + _PATIENCE * timeout, [], 0
    while part := answer.read1(1 << 16):
        parts.append(part)
        size += len(part)
        if size > _LARGEST:
            raise FormatError(f"the answer of {host} is larger than {_LARGEST // 10**6} MB")
        if time.monotonic() > until:
            raise TimeoutError
    length = answer.headers.get("Content-Length")
    if length is not None and length.isdigit() and int(length) != size:
        raise FormatError(f"the answer of {host} broke off: {size} of {length} bytes came")
    return b"".join(parts).decode("utf-8", "replace")


def _opener() -> urllib.request.OpenerDirector:
    """Follow redirections to http and https only, never to files or ftp."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener
