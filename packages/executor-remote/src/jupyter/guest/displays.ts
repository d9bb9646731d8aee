/** Rich output: what IPython displays goes through \`session.send\`, figures through matplotlib itself. Python. */
export const DISPLAYS: string = `
KINDS = {'display_data': 'display', 'update_display_data': 'update', 'execute_result': 'value', 'clear_output': 'clear'}

def send(stream, msg_or_type, content=None, parent=None, ident=None, buffers=None, track=False, header=None, metadata=None):
    "In the place of session.send: what a program shows becomes an event, and its reply carries how it ended."
    record = current
    kind = msg_or_type if isinstance(msg_or_type, str) else msg_or_type['header']['msg_type']
    if record is not None and os.getpid() == pid:
        if kind in KINDS:
            show(KINDS[kind], content if isinstance(msg_or_type, str) else msg_or_type['content'])
            return None
        if kind == 'error':
            return None
        if kind == 'execute_reply' and record.end is None:
            body = content if isinstance(msg_or_type, str) else msg_or_type['content']
            return real_send(stream, 'execute_reply', finish(record, dict(body)), parent or record.parent, ident=ident)
    return real_send(stream, msg_or_type, content=content, parent=parent, ident=ident, buffers=buffers, track=track, header=header, metadata=metadata)

def show(kind, content):
    record = current
    if record is None:
        return
    if kind == 'clear':
        return tell(record, 'clear', {'wait': bool(content.get('wait'))})
    data = {clean(str(name)): text_of(value)[:200_000 if name == 'text/plain' else None] for name, value in content['data'].items()}
    size = sum(map(len, data.values()))
    if kind == 'value':
        if size > record.limits['displayBytes']:
            data = {'text/plain': data.get('text/plain', '')[:min(200_000, record.limits['displayBytes'])]}
        return tell(record, 'value', {'data': data, **metadata_of(content)})
    name = (content.get('transient') or {}).get('display_id')
    with guard:
        flush(record)
        replaced = record.updates.get(name, 0) if name else 0
        if record.display_bytes - replaced + size > record.limits['displayBytes']:
            record.dropped_displays += 1
            return None
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

def text_of(content):
    if isinstance(content, (bytes, bytearray, memoryview)):
        return base64.b64encode(content).decode()
    return clean(content if isinstance(content, str) else json.dumps(content, default=repr))

# Figures: each once, as it was shown or saved, or at the end where it was left open.

shown = set()

def patch_figure(module):
    save = module.Figure.savefig
    def savefig(self, target, *arguments, **options):
        save(self, target, *arguments, **options)
        show_figure(self, target)
    def show_figure(figure, target=None):
        "Equal pictures of one figure are one display; a PNG file is shown as it was saved."
        rendered = io.BytesIO()
        save(figure, rendered, format='png', bbox_inches='tight')
        picture = rendered.getvalue()
        if (id(figure), picture) not in shown:
            shown.add((id(figure), picture))
            if str(target).endswith('.png') and os.path.isfile(target):
                picture = pathlib.Path(target).read_bytes()
            show('display', {'data': {'image/png': picture, 'text/plain': repr(figure)}})
    module.Figure.savefig = savefig
    module.Figure.show = lambda self, warn=True: show_figure(self)

def patch_pyplot(module):
    module.show = lambda *arguments, **options: show_open_figures()

def show_open_figures():
    pyplot = sys.modules.get('matplotlib.pyplot')
    for number in pyplot.get_fignums() if pyplot else ():
        figure = pyplot.figure(number)
        if len(figure.get_children()) > 1: # more than its background
            figure.show()
        pyplot.close(figure)

PATCHES = {'matplotlib.figure': patch_figure, 'matplotlib.pyplot': patch_pyplot}

class PatchFinder:
    "Lets figures come back as displays, as soon as the program imports matplotlib."
    def find_spec(self, name, path=None, target=None):
        if name not in PATCHES:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module
        spec.loader.exec_module = lambda module: (load(module), PATCHES[name](module))
        return spec

def use_own_figures():
    os.environ['MPLBACKEND'] = 'Agg'
    if 'matplotlib' in sys.modules:
        sys.modules['matplotlib'].use('Agg', force=True)
    for name, patch in PATCHES.items():
        if name in sys.modules:
            patch(sys.modules[name])
    sys.meta_path.insert(0, PatchFinder())
`
