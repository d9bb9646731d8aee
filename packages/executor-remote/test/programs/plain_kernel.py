"""A kernel that is no IPython, made as the documentation of wrapper kernels says. Its language is the first argument."""
import ast
import contextlib
import io
import sys
import traceback

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class Stream(io.TextIOBase):
    def __init__(self, kernel, name):
        self._kernel = kernel
        self._name = name

    def write(self, text):
        self._kernel.send_response(self._kernel.iopub_socket, 'stream', {'name': self._name, 'text': text})
        return len(text)


class PlainKernel(Kernel):
    implementation = 'plain'
    implementation_version = '1'
    banner = 'A kernel that is no IPython'
    language_info = {'name': sys.argv[1], 'version': '3', 'mimetype': 'text/plain', 'file_extension': '.txt'}

    def __init__(self, **options):
        super().__init__(**options)
        self._names = {'show': self._show}

    def _show(self, data):
        self.send_response(self.iopub_socket, 'display_data', {'data': data, 'metadata': {}})

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **_):
        with contextlib.redirect_stdout(Stream(self, 'stdout')), contextlib.redirect_stderr(Stream(self, 'stderr')):
            return self._execute(code, silent)

    def _execute(self, code, silent):
        try:
            tree = ast.parse(code)
            last = ast.Expression(tree.body.pop().value) if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, '<cell>', 'exec'), self._names)
            value = eval(compile(last, '<cell>', 'eval'), self._names) if last else None
            if value is not None and not silent:
                result = {'execution_count': self.execution_count, 'data': {'text/plain': repr(value)}, 'metadata': {}}
                self.send_response(self.iopub_socket, 'execute_result', result)
        except BaseException as error:
            raised = {'ename': type(error).__name__, 'evalue': str(error), 'traceback': [f'\x1b[31m{traceback.format_exc()}\x1b[0m']}
            self.send_response(self.iopub_socket, 'error', raised)
            return {'status': 'error', 'execution_count': self.execution_count, **raised}
        return {'status': 'ok', 'execution_count': self.execution_count, 'payload': [], 'user_expressions': {}}


IPKernelApp.launch_instance(argv=sys.argv[2:], kernel_class=PlainKernel)
