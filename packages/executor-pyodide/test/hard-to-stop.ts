// Programs that are hard to stop, and how each ends when its deadline is over (pyodide.md 3).

/** `interrupted`: at its deadline, with its variables. `killed`: with its interpreter. `memory`: the interpreter said no. Otherwise the name of what it raises, or `completed`. */
export type Ending = 'interrupted' | 'killed' | 'memory' | 'completed' | (string & {})

/** `ends` has all endings that are right: some depend on what is quicker. */
export interface HardProgram {
  readonly name: string
  readonly code: string
  readonly ends: readonly Ending[]
}

/** Five of them stand for all at the levels that are not tried in full. */
export const HARD_PROGRAMS: readonly HardProgram[] = [
  { name: 'spins', ends: ['interrupted'], code: 'while True: pass' },
  { name: 'sleeps', ends: ['interrupted'], code: 'import time\ntime.sleep(60)' },
  { name: 'never leaves a loop in C', ends: ['killed'], code: 'sum(range(10**13))' },
  {
    name: 'catches whatever stops it',
    ends: ['killed'],
    code: 'import time\nwhile True:\n  try:\n    while True: time.sleep(0.01)\n  except BaseException: pass',
  },
  { name: 'writes and writes', ends: ['interrupted'], code: 'while True: print("x" * 1000)' },
  { name: 'awaits a sleep', ends: ['interrupted'], code: 'import asyncio\nawait asyncio.sleep(60)' },
  { name: 'calls itself', ends: ['RecursionError'], code: 'def f(n): return f(n + 1)\nf(0)' },
  { name: 'spins when it is stopped', ends: ['killed', 'interrupted'], code: 'try:\n  while True: pass\nfinally:\n  while True: pass' },
  { name: 'iterates in C', ends: ['killed'], code: 'any(iter(int, 1))' },
  { name: 'counts into nothing', ends: ['killed'], code: 'import collections, itertools\ncollections.deque(itertools.count(), maxlen=0)' },
  { name: 'matches a catastrophe', ends: ['interrupted'], code: 'import re\nre.match(r"(a+)+$", "a" * 60 + "b")' },
  {
    name: 'makes a text of a huge number',
    ends: ['interrupted', 'killed'],
    code: 'import sys\nsys.set_int_max_str_digits(0)\nn = 1 << (60 * 10**6)\nstr(n)',
  },
  {
    name: 'makes a number of a huge text',
    ends: ['interrupted', 'killed'],
    code: 'import sys\nsys.set_int_max_str_digits(0)\nint("7" * 10**7)',
  },
  { name: 'raises to a huge power', ends: ['interrupted', 'killed'], code: 'x = 7 ** (10**8)' },
  { name: 'computes a huge factorial', ends: ['interrupted', 'killed'], code: 'import math\nmath.factorial(2 * 10**6)' },
  { name: 'makes a text that is too large', ends: ['memory', 'OverflowError'], code: 'a = "a" * 10**10' },
  { name: 'keeps large blocks', ends: ['memory', 'interrupted'], code: 'kept = []\nwhile True: kept.append(bytearray(10**6))' },
  { name: 'keeps small objects', ends: ['interrupted', 'memory'], code: 'kept = []\nwhile True: kept.append(object())' },
  {
    name: 'sorts and sorts',
    ends: ['interrupted'],
    code: 'import random\nx = [random.random() for _ in range(10**6)]\nwhile True: x.sort(key=lambda v: -v)',
  },
  {
    name: 'keeps all permutations',
    ends: ['memory', 'killed', 'interrupted'],
    code: 'import itertools\nlen(list(itertools.permutations(range(12))))',
  },
  { name: 'parses deep JSON', ends: ['RecursionError'], code: 'import json\njson.loads("[" * 10**6)' },
  {
    name: 'asks SQLite for ever',
    ends: ['interrupted', 'OperationalError'],
    code: 'import sqlite3\nsqlite3.connect(":memory:").execute("with recursive c(x) as (select 1 union all select x + 1 from c) select max(x) from c").fetchall()',
  },
  {
    name: 'derives a key for ever',
    ends: ['killed', 'AttributeError'],
    code: 'import hashlib\nhashlib.pbkdf2_hmac("sha256", b"a", b"b", 10**9)',
  },
  {
    name: 'looks for a text in a long one',
    ends: ['completed', 'interrupted', 'killed'],
    code: 's = "a" * 10**6\n(s * 30).find("a" * (5 * 10**5) + "b")',
  },
  { name: 'counts in bytes', ends: ['interrupted', 'killed'], code: 'x = bytes(10**8)\nfor _ in range(10**6): x.count(b"ab")' },
  { name: 'takes a long root', ends: ['killed'], code: 'import decimal\ndecimal.getcontext().prec = 2 * 10**6\ndecimal.Decimal(2).sqrt()' },
  {
    name: 'compiles a bomb',
    ends: ['killed', 'memory', 'MemoryError', 'RecursionError', 'SyntaxError', 'interrupted'],
    code: 'compile("(" * 100 + "1" + ")" * 100 + "+1" * 10**6, "x", "eval")',
  },
  { name: 'shows a deep list', ends: ['RecursionError', 'interrupted'], code: 'x = []\nfor _ in range(10**6): x = [x]\nrepr(x)' },
  {
    name: 'never ends a finalizer',
    ends: ['interrupted'],
    code: 'class A:\n  def __del__(self):\n    while True: pass\na = A()\ndel a\nwhile True: pass',
  },
  { name: 'fills its disk', ends: ['OSError', 'interrupted'], code: 'f = open("fill.bin", "wb")\nwhile True: f.write(b"x" * 2**20)' },
  { name: 'opens files and keeps them', ends: ['OSError'], code: 'kept = []\nwhile True: kept.append(open("leak.txt", "w"))' },
  {
    name: 'makes files and files',
    ends: ['OSError', 'interrupted'],
    code: 'n = 0\nwhile True:\n  n += 1\n  open(f"many{n}.txt", "w").close()',
  },
  { name: 'starts a thread', ends: ['RuntimeError'], code: 'import threading\nthreading.Thread(target=print).start()' },
  {
    name: 'forks',
    ends: ['OSError', 'BlockingIOError', 'PermissionError', 'NotImplementedError', 'AttributeError'],
    code: 'import os\nos.fork()',
  },
  { name: 'parses a deep expression', ends: ['RecursionError', 'MemoryError', 'memory'], code: 'import ast\nast.parse("-" * 10**5 + "1")' },
  { name: 'compares what holds itself', ends: ['RecursionError'], code: 'a = []; a.append(a)\nb = []; b.append(b)\na == b' },
  { name: 'makes garbage that holds itself', ends: ['interrupted'], code: 'while True:\n  a = []\n  a.append(a)' },
]
