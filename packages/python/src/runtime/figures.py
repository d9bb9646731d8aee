"""Figures of matplotlib come back as displays: shown, saved, or left open at the end, each picture once."""
import io
import pathlib
import sys


class Figures:
    """`show` gets the bundle of a picture."""

    def __init__(self, show, text_of):
        self._show = show
        self._text_of = text_of
        self._shown = set()
        self.patches = {'matplotlib.figure': self._patch_figure, 'matplotlib.pyplot': self._patch_pyplot}

    def begin(self):
        self._shown.clear()

    def show_open(self):
        """Shows what is open and closes it, as a notebook does."""
        pyplot = sys.modules.get('matplotlib.pyplot')
        for number in pyplot.get_fignums() if hasattr(pyplot, 'get_fignums') else ():
            figure = pyplot.figure(number)
            if len(figure.get_children()) > 1:  # more than its background
                figure.show()
            pyplot.close(figure)

    def _patch_figure(self, module):
        save = module.Figure.savefig

        def savefig(figure, target, *arguments, **options):
            save(figure, target, *arguments, **options)
            show_figure(figure, target)

        def show_figure(figure, target=None):
            """Equal pictures of one figure are one display; a PNG file is shown as it was saved."""
            rendered = io.BytesIO()
            save(figure, rendered, format='png', bbox_inches='tight')
            picture = rendered.getvalue()
            if (id(figure), picture) not in self._shown:
                self._shown.add((id(figure), picture))
                if str(target).endswith('.png'):
                    picture = pathlib.Path(target).read_bytes()
                self._show({'image/png': self._text_of(picture), 'text/plain': repr(figure)})

        module.Figure.savefig = savefig
        module.Figure.show = lambda figure, warn=True: show_figure(figure)

    def _patch_pyplot(self, module):
        module.show = lambda *arguments, **options: self.show_open()
