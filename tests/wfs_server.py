"""A stand-in for Statistics Finland's WFS: answers as GeoServer does, well or badly."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

OWS = (
    '<?xml version="1.0" encoding="UTF-8"?><ows:ExceptionReport version="2.0.0" '
    'xmlns:ows="http://www.opengis.net/ows/1.1"><ows:Exception '
    'exceptionCode="InvalidParameterValue" locator="typeName"><ows:ExceptionText>{}'
    "</ows:ExceptionText></ows:Exception></ows:ExceptionReport>"
)
OLD = (
    '<?xml version="1.0" ?><ServiceExceptionReport version="1.2.0"><ServiceException>\n{}\n'
    "</ServiceException></ServiceExceptionReport>"
)
JSON, XML = "application/json;charset=UTF-8", "application/xml"


class Wfs:
    """Serves collections by layer; `behave` (a function or None) may answer instead."""

    def __init__(self):
        self.layers, self.asked, self.behave, self.cap = {}, [], None, 10_000
        self.crs = "urn:ogc:def:crs:EPSG::3067"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                query = {
                    key: value[0] for key, value in parse_qs(urlsplit(self.path).query).items()
                }
                outer.asked.append(query)
                own = outer.behave(self, query) if outer.behave else None
                if own is not True:
                    self.reply(*(own or outer.answer(query)))

            def reply(self, status, kind, text, *, short=0):
                body = text.encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body[: len(body) - short])
                except OSError:
                    pass  # the client has gone

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/geoserver/tilastointialueet/wfs"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, query):
        if query["request"] == "GetCapabilities":
            names = "".join(
                f"<FeatureType><Name>{name}</Name></FeatureType>" for name in self.layers
            )
            return 200, XML, f"<wfs:WFS_Capabilities>{names}</wfs:WFS_Capabilities>"
        features = self.layers.get(query["typeNames"])
        if features is None:
            return 400, XML, OWS.format(f"Feature type {query['typeNames']} unknown")
        start = int(query.get("startIndex", 0))
        return (
            200,
            JSON,
            self.page(features[start:][: min(int(query["count"]), self.cap)], len(features)),
        )

    def page(self, features, matched):
        answer = {
            "type": "FeatureCollection",
            "features": features,
            "totalFeatures": matched,
            "numberMatched": matched,
            "numberReturned": len(features),
            "timeStamp": "2026-01-01T00:00:00.000Z",
        }
        if self.crs:
            answer["crs"] = {"type": "name", "properties": {"name": self.crs}}
        return json.dumps(answer)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def slow(seconds):
    """Answer only after some time."""

    def behave(_handler, _query):
        time.sleep(seconds)

    return behave
