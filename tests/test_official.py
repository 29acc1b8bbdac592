"""Official boundaries from files and from a service that answers as Statistics Finland's does."""

import json
import sqlite3
import time
import zipfile

import geopandas as gpd
import pytest
import shapely
from wfs_server import JSON, OLD, OWS, Wfs, slow

from valuma_graph.errors import FormatError, GeometryError
from valuma_graph.geography import boundaries, wfs
from valuma_graph.geography.official import read_boundaries
from valuma_graph.geography.wfs import cached_boundaries, fetch_boundaries

YEAR = 2020
LAYER = "tilastointialueet:kunta4500k_2020"


@pytest.fixture(scope="module")
def drawn():
    areas = boundaries(YEAR)
    simple = shapely.coverage_simplify(areas.geometry.to_numpy(), 2000)
    return gpd.GeoDataFrame(
        {"kunta": areas["code"], "nimi": areas["name_fi"], "namn": areas["name_sv"]},
        geometry=simple,
        crs=3067,
    )


def features_of(frame, year=YEAR):
    features = json.loads(frame.reset_index(drop=True).assign(vuosi=year).to_json())["features"]
    return [one | {"id": f"kunta4500k_{year}.{at}"} for at, one in enumerate(features, 1)]


@pytest.fixture(scope="module")
def features(drawn):
    return features_of(drawn)


@pytest.fixture
def service(features, monkeypatch):
    monkeypatch.setattr(wfs, "_PAUSE", 0)
    monkeypatch.setenv("no_proxy", "*")
    server = Wfs()
    server.layers = {LAYER: features}
    yield server
    server.close()


def write(frame, path):
    frame.reset_index(drop=True).to_file(path)
    return path


def refused(frame, path, year=YEAR):
    with pytest.raises(GeometryError) as error:
        read_boundaries(write(frame, path), year=year)
    return str(error.value)


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "shp"])
def test_formats(drawn, tmp_path, suffix):
    path = write(drawn.to_crs(4326) if suffix == "geojson" else drawn, tmp_path / f"a.{suffix}")
    read = read_boundaries(path, year=YEAR)
    assert list(read.index) == list(drawn.index)
    assert read.index.name == "member_id"
    assert read.crs.to_epsg() == 3067
    assert read.geometry.area.to_numpy() == pytest.approx(drawn.area.to_numpy(), rel=1e-5)


def test_zipped_shapefile(drawn, tmp_path):
    write(drawn, tmp_path / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in tmp_path.glob("a.*"):
            if part.suffix != ".zip":
                archive.write(part, f"inner/{part.name}")
    assert len(read_boundaries(tmp_path / "a.zip", year=YEAR)) == 310


def test_topojson_is_in_degrees(drawn, tmp_path):
    degrees, arcs, shapes = drawn.to_crs(4326), [], []
    for code, area in zip(degrees["kunta"], degrees.geometry, strict=True):
        polygons = []
        for part in shapely.get_parts(area):
            rings = []
            for ring in shapely.get_rings(part):
                rings.append([len(arcs)])
                arcs.append(shapely.get_coordinates(ring).tolist())
            polygons.append(rings)
        shapes.append({"type": "MultiPolygon", "arcs": polygons, "properties": {"NATCODE": code}})
    objects = {"kunnat": {"type": "GeometryCollection", "geometries": shapes}}
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps({"type": "Topology", "objects": objects, "arcs": arcs}))
    assert len(read_boundaries(path, year=YEAR)) == 310


@pytest.mark.parametrize("column", ["natcode", "KUNTA", "names", "swedish", "number"])
def test_columns(drawn, tmp_path, column):
    frame = drawn[["geometry"]].copy()
    if column == "names":
        frame["Nimi"] = drawn["nimi"]
    elif column == "swedish":
        frame["namn"] = drawn["namn"]
    elif column == "number":
        frame["kuntanro"] = drawn["kunta"].astype("int64")
    else:
        frame[column] = "KU" + drawn["kunta"]
    assert len(read_boundaries(write(frame, tmp_path / "a.gpkg"), year=YEAR)) == 310


def test_parts_are_joined(drawn, tmp_path):
    parts = drawn.explode(ignore_index=True)
    assert len(parts) > 310
    read = read_boundaries(write(parts, tmp_path / "a.gpkg"), year=YEAR)
    assert read.area.sum() == pytest.approx(drawn.area.sum())


def test_coordinate_systems(drawn, tmp_path):
    path = write(drawn, tmp_path / "a.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(GeometryError, match=r"no coordinate system is given .looks like metres"):
        read_boundaries(path, year=YEAR)
    wrong = drawn.set_crs(4326, allow_override=True)
    assert "no degrees" in refused(wrong, tmp_path / "b.gpkg")
    wrong = drawn.to_crs(4326).set_crs(3067, allow_override=True)
    assert "look like degrees" in refused(wrong, tmp_path / "c.gpkg")
    turned = shapely.transform(drawn.geometry.to_numpy(), lambda points: points[:, ::-1])
    assert "north before east" in refused(drawn.set_geometry(turned, crs=3067), tmp_path / "d.gpkg")
    assert "outside Finland" in refused(
        drawn.set_geometry(drawn.translate(3e6)), tmp_path / "e.gpkg"
    )


def test_all_problems_at_once(drawn, tmp_path):
    frame = drawn.copy()
    bow = shapely.Polygon([(4e5, 7e6), (4.1e5, 7.1e6), (4.1e5, 7e6), (4e5, 7.1e6)])
    frame.geometry = [bow, shapely.Point(4e5, 7e6), None, *frame.geometry[3:]]
    frame.iloc[5, frame.columns.get_loc("kunta")] = "999"
    message = refused(frame, tmp_path / "a.gpkg")
    for words in (
        "(005): invalid: Self-intersection",
        "Point instead",
        "no geometry",
        "'999'",
        "missing",
    ):
        assert words in message


def test_many_problems_are_cut(drawn, tmp_path):
    frame = drawn.assign(geometry=[shapely.Point(4e5, 7e6)] * 310)
    assert "… 300 more" in refused(frame, tmp_path / "a.gpkg")


def test_other_year(drawn, tmp_path):
    message = refused(drawn, tmp_path / "a.gpkg", year=2022)
    assert "Honkajoki (099)" in message
    assert "are those of 2020" in message


def test_overlaps(drawn, tmp_path):
    frame = drawn.copy()
    frame.geometry = [frame.geometry.iloc[0].buffer(3000), *frame.geometry[1:]]
    assert "overlap by" in refused(frame, tmp_path / "a.gpkg")


def test_no_columns(drawn, tmp_path):
    assert "neither codes" in refused(drawn[["geometry"]].assign(x=1), tmp_path / "a.gpkg")


def test_files_that_are_none(drawn, tmp_path):
    with pytest.raises(FileNotFoundError):
        read_boundaries(tmp_path / "none.gpkg", year=YEAR)
    for name, content in (
        ("a.gpkg", b""),
        ("b.geojson", b"{nonsense"),
        ("c.zip", b"PK"),
        ("d.shp", b"x"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(FormatError):
            read_boundaries(tmp_path / name, year=YEAR)
    for layer in ("one", "two"):
        drawn.to_file(tmp_path / "e.gpkg", layer=layer)
    with pytest.raises(FormatError, match="several layers"):
        read_boundaries(tmp_path / "e.gpkg", year=YEAR)
    with pytest.raises(FormatError, match="no layer 'three'"):
        read_boundaries(tmp_path / "e.gpkg", year=YEAR, layer="three")
    assert len(read_boundaries(tmp_path / "e.gpkg", year=YEAR, layer="two")) == 310


def test_undefined_system_of_a_geopackage(drawn, tmp_path):
    bare = drawn.set_crs(None, allow_override=True)
    with pytest.warns(UserWarning, match="crs"):
        write(bare, tmp_path / "a.gpkg")
    with pytest.raises(GeometryError, match="no coordinate system is given"):
        read_boundaries(tmp_path / "a.gpkg", year=YEAR)


def test_fetch_and_cache(service, tmp_path):
    assert cached_boundaries(YEAR, folder=tmp_path) is None
    assert service.asked == []
    found = fetch_boundaries(YEAR, url=service.url, folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["boundaries-4500k-2020.gpkg"]
    kept = cached_boundaries(YEAR, folder=tmp_path)
    assert kept.geometry.geom_equals(found.geometry).all()
    assert kept.attrs == found.attrs
    assert "1:4 500 000; CC BY 4.0" in kept.attrs["attribution"]
    assert len(service.asked) == 1


def test_pages(service, tmp_path):
    service.cap = 100
    assert len(fetch_boundaries(YEAR, url=service.url, folder=tmp_path)) == 310
    assert [query.get("startIndex") for query in service.asked] == [None, "100", "200", "300"]


def bad(service, tmp_path, match, error=FormatError, **more):
    with pytest.raises(error, match=match):
        fetch_boundaries(YEAR, url=service.url, folder=tmp_path, **more)
    assert list(tmp_path.iterdir()) == []


def test_partial_answer(service, features, tmp_path):
    service.behave = lambda _h, q: (
        200,
        JSON,
        service.page([] if "startIndex" in q else features[:200], 310),
    )
    bad(service, tmp_path, "200 features.* 310")
    service.behave = lambda *_: (200, JSON, service.page(features[:200], 200))
    bad(service, tmp_path, "110 municipalities of 2020 are missing", GeometryError)
    service.behave = lambda *_: (200, JSON, service.page([], 0))
    bad(service, tmp_path, "no features")


def test_time_out_is_tried_twice(service, tmp_path):
    service.behave = slow(0.3)
    bad(service, tmp_path, "twice in a row", timeout=0.05)
    assert len(service.asked) == 2


def test_server_errors(service, tmp_path):
    service.behave = lambda *_: (
        (503, "text/html", "<html>busy</html>") if len(service.asked) == 1 else None
    )
    assert len(fetch_boundaries(YEAR, url=service.url, folder=tmp_path / "a")) == 310
    (tmp_path / "b").mkdir()
    for status, match in ((500, "500 .*twice"), (404, "404")):
        service.behave = lambda *_, status=status: (status, "text/html", "<html></html>")
        bad(service, tmp_path / "b", match)


@pytest.mark.parametrize("report", [OWS, OLD])
def test_exception_with_status_200(service, tmp_path, report):
    service.behave = lambda *_: (200, "application/xml", report.format("Out of &lt;memory&gt;"))
    bad(service, tmp_path, "refused: Out of <memory>")


def test_unknown_year(service, tmp_path):
    with pytest.raises(FormatError, match=r"no boundaries of 2026.*it has 2020"):
        fetch_boundaries(2026, url=service.url, folder=tmp_path)
    with pytest.raises(ValueError, match="2013"):
        fetch_boundaries(1999, url=service.url, folder=tmp_path)


def test_broken_answers(service, features, tmp_path):
    text = service.page(features, 310)
    service.behave = lambda *_: (200, JSON, text[: len(text) // 2])
    bad(service, tmp_path, "cut off or damaged")
    service.behave = lambda h, _: h.reply(200, JSON, text, short=1000) or True
    bad(service, tmp_path, "broke off")
    service.behave = lambda *_: (200, "text/html", "<html><body>Maintenance</body></html>")
    bad(service, tmp_path, "did not answer with GeoJSON")
    service.behave = lambda *_: (200, JSON, '{"a": 1}')
    bad(service, tmp_path, "no GeoJSON FeatureCollection")


def test_other_coordinate_systems(service, drawn, tmp_path):
    service.crs = None
    service.layers = {LAYER: features_of(drawn.to_crs(4326))}
    found = fetch_boundaries(YEAR, url=service.url, folder=tmp_path / "a")
    assert found.area.sum() == pytest.approx(drawn.area.sum(), rel=1e-4)
    turned = shapely.transform(drawn.geometry.to_numpy(), lambda points: points[:, ::-1])
    service.crs = "urn:ogc:def:crs:EPSG::3067"
    service.layers = {LAYER: features_of(drawn.set_geometry(turned, crs=3067))}
    found = fetch_boundaries(YEAR, url=service.url, folder=tmp_path / "b")
    assert found.area.sum() == pytest.approx(drawn.area.sum())
    (tmp_path / "c").mkdir()
    service.layers = {LAYER: features_of(drawn.to_crs(4326))}
    bad(service, tmp_path / "c", "look like degrees", GeometryError)
    service.layers = {LAYER: features_of(drawn, 2019)}
    bad(service, tmp_path / "c", "boundaries of 2019, not of 2020", GeometryError)


def test_redirection_leads_nowhere_else(service, tmp_path):
    def behave(handler, _query):
        handler.send_response(302)
        handler.send_header("Location", "file:///etc/hosts")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    service.behave = behave
    bad(service, tmp_path, "302")


def test_drop_by_drop(service, tmp_path, monkeypatch):
    monkeypatch.setattr(wfs, "_PATIENCE", 1)

    def behave(handler, _query):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(20):
            try:
                handler.wfile.write(b" ")
            except OSError:
                break
            time.sleep(0.02)
        return True

    service.behave = behave
    bad(service, tmp_path, "twice", timeout=0.1)


def test_nobody_there(service, tmp_path):
    service.close()
    bad(service, tmp_path, "cannot be reached")


def test_arguments(tmp_path):
    with pytest.raises(FormatError, match="http"):
        fetch_boundaries(YEAR, url="file:///etc/hosts", folder=tmp_path)
    with pytest.raises(ValueError, match="4500k, 1000k"):
        cached_boundaries(YEAR, scale="1k", folder=tmp_path)
    with pytest.raises(ValueError, match="timeout"):
        fetch_boundaries(YEAR, timeout=0, folder=tmp_path)


def test_broken_cache(service, tmp_path):
    fetch_boundaries(YEAR, url=service.url, folder=tmp_path)
    path = tmp_path / "boundaries-4500k-2020.gpkg"
    whole = path.read_bytes()
    for broken in (b"", whole[: len(whole) // 2], b"nonsense"):
        path.write_bytes(broken)
        with pytest.raises(FormatError, match="are broken"):
            cached_boundaries(YEAR, folder=tmp_path)
    path.write_bytes(whole)
    frame = cached_boundaries(YEAR, folder=tmp_path)
    with sqlite3.connect(path) as base:
        base.execute("UPDATE gpkg_metadata SET metadata = replace(metadata, 'sha256', 'sha')")
    base.close()
    with pytest.raises(FormatError, match="not what was fetched"):
        cached_boundaries(YEAR, folder=tmp_path)
    fetch_boundaries(YEAR, url=service.url, folder=tmp_path)
    assert len(cached_boundaries(YEAR, folder=tmp_path)) == len(frame)
