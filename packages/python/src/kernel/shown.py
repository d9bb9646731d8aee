"""What a program shows: what IPython displays goes through `session.send`, figures through matplotlib itself; each becomes an event."""
import json

from _interloop import ledger, streams
from _interloop.displays import TEXT_CHARACTERS, bundle, text_of
from _interloop.figures import Figures
from _interloop.kernel import clean, is_forked, send, session, shell
from _interloop.ledger import guard, tell
from _interloop.patches import patch_when_loaded

KINDS = {'display_data': 'display', 'update_display_data': 'update', 'execute_result': 'value', 'clear_output': 'clear'}


def install(finish):
    """`finish` makes the reply of a program from that of IPython."""

    def send_event(stream, msg_or_type, content=None, parent=None, ident=None, **options):
        record = ledger.current
        is_whole = not isinstance(msg_or_type, str)
        kind = msg_or_type['header']['msg_type'] if is_whole else msg_or_type
        if record is not None and not is_forked():
            said = msg_or_type['content'] if is_whole else content
            if kind in KINDS:
                show(KINDS[kind], said)
                return None
            if kind == 'error':
                return None
            if kind == 'execute_reply' and record.end is None:
                return send(stream, kind, finish(record, dict(said)), parent or record.parent, ident=ident)
        return send(stream, msg_or_type, content=content, parent=parent, ident=ident, **options)

    session.send = send_event
    shell.display_formatter.format = formatted
    patch_when_loaded(figures.patches)


def formatted(item, include=None, exclude=None):
    """In the place of IPython's: an object means the same as everywhere."""
    if shell.display_formatter.ipython_display_formatter(item):
        return {}, {}
    data = bundle(item)
    return {name: data[name] for name in data if (not include or name in include) and name not in (exclude or ())}, {}


def show(kind, content):
    record = ledger.current
    if record is None or record.end is not None:
        return
    streams.flush_text()
    with guard:
        streams.flush(record)
        if kind == 'clear':
            tell(record, 'clear', {'wait': bool(content.get('wait'))})
            return
        data = {clean(str(name)): clean(text_of(value)) for name, value in content['data'].items()}
        if 'text/plain' in data:
            data['text/plain'] = data['text/plain'][:TEXT_CHARACTERS]
        size = sum(map(len, data.values()))
        limit = record.limits['displayBytes']
        if kind == 'value':
            if size > limit:
                data = {'text/plain': data.get('text/plain', '')[: min(TEXT_CHARACTERS, limit)]}
            tell(record, 'value', {'data': data, **metadata_of(content)})
            return
        name = (content.get('transient') or {}).get('display_id')
        replaced = record.updates.get(name, 0) if name else 0
        # Counted here: what nobody keeps does not have to travel.
        if record.display_bytes - replaced + size > limit:
            record.dropped_displays += 1
            return
        record.display_bytes += size - replaced
        if name:
            record.updates[name] = size
        tell(record, kind, {'data': data, **metadata_of(content), **({'id': str(name)} if name else {})})


def metadata_of(content):
    try:
        metadata = json.loads(json.dumps(content.get('metadata') or {}))
    except (TypeError, ValueError):
        return {}
    return {'metadata': metadata} if metadata else {}


figures = Figures(lambda data: show('display', {'data': data}), text_of)
