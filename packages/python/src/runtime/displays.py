"""How an object is shown: as a Jupyter MIME bundle of what it knows of itself."""
import base64
import json
import sys

TEXT_CHARACTERS = 200_000

MIME_TYPES = {
    '_repr_html_': 'text/html',
    '_repr_markdown_': 'text/markdown',
    '_repr_svg_': 'image/svg+xml',
    '_repr_png_': 'image/png',
    '_repr_jpeg_': 'image/jpeg',
    '_repr_latex_': 'text/latex',
    '_repr_json_': 'application/json',
}


class Displays:
    """Tells displays, in order with what was printed, and counts what goes beyond `limits.displayBytes`."""

    def __init__(self, tell):
        self._tell = tell
        self.begin()

    def begin(self, limit=None):
        self._left = limit
        self.dropped = 0

    def display(self, *objects):
        """Shows objects as rich output."""
        for item in objects:
            self.show(bundle(item))

    def show(self, data):
        sys.stdout.flush()
        size = sum(len(content) for content in data.values())
        # Counted here: what nobody keeps does not have to travel.
        if self._left is not None and size > self._left:
            self.dropped += 1
            return
        if self._left is not None:
            self._left -= size
        self._tell({'type': 'display', 'display': {'data': data}})


def bundle(item):
    """What an object says of itself, by MIME type; binary content as base64."""
    data = {}
    for method, mime_type in {'_repr_mimebundle_': None, **MIME_TYPES}.items():
        try:
            content = getattr(type(item), method)(item)
            if isinstance(content, tuple):
                content = content[0]  # the second is metadata
            if content is not None:
                found = content if mime_type is None else {mime_type: content}
                data = {**found, **data}
        except Exception:  # most objects have none of these methods
            continue
    if 'text/plain' not in data:
        data['text/plain'] = text_repr(item)
    limits = {'text/plain': TEXT_CHARACTERS}
    return {str(mime_type): text_of(content)[: limits.get(mime_type)] for mime_type, content in data.items()}


def text_repr(item):
    try:
        return repr(item)
    except Exception as error:
        return f'<{type(item).__name__} whose repr raised {type(error).__name__}>'


def text_of(content):
    if isinstance(content, (bytes, bytearray, memoryview)):
        return base64.b64encode(content).decode()
    return content if isinstance(content, str) else json.dumps(content, default=repr)
