import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { userCacheFolder } from '@interloop/executor-kit'

/** What of CPython's own tests is needed, as the packages of Debian's unstable distribution carry it (pyodide.md 12). */
const PACKAGES: Readonly<Record<string, string>> = {
  'libpython3.14-stdlib_3.14.10-1_amd64.deb': '0af595928d7a49c12fe33d5667da95dc2fa9868e1a9a00625428074d3b3d458a',
  'libpython3.14-testsuite_3.14.10-1_all.deb': '137b55a9b0794801a0226a8220c7c224e9e5e3a9d1261bd62573a87a6ad8bf31',
}

/** In `usr/lib/python3.14`. `dbm` is missing in Pyodide, and `test_pickle` imports it. */
const PARTS = [
  'dbm',
  'test/__init__.py',
  'test/archivetestdata',
  'test/archiver_tests.py',
  'test/certdata',
  'test/mapping_tests.py',
  'test/picklecommon.py',
  'test/pickletester.py',
  'test/re_tests.py',
  'test/support',
  'test/test_asyncio',
  'test/test_io.py',
  'test/test_json',
  'test/test_os.py',
  'test/test_pickle.py',
  'test/test_re.py',
  'test/test_sqlite3',
  'test/test_tempfile.py',
  'test/test_zipfile',
]

/** A tar archive with CPython's own tests, of the version after which the packages are named. Downloaded once; later it comes from the user's cache folder. Throws an error that says why it cannot be had. */
export async function testSuite(): Promise<Uint8Array> {
  const folder = join(userCacheFolder(), 'cpython-tests')
  await mkdir(folder, { recursive: true })
  const packages = await Promise.all(Object.entries(PACKAGES).map(([name, sha256]) => packageFile(folder, name, sha256)))
  const unpacked = await mkdtemp(join(tmpdir(), 'interloop-cpython-'))
  try {
    for (const file of packages) await run('dpkg-deb', ['-x', file, unpacked])
    const archive = join(unpacked, 'tests.tar')
    await run('tar', ['-cf', archive, '-C', join(unpacked, 'usr/lib/python3.14'), ...PARTS])
    return await readFile(archive)
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
}

async function packageFile(folder: string, name: string, sha256: string): Promise<string> {
  const file = join(folder, name)
  if ((await sha256Of(file)) === sha256) return file
  const part = `${file}.${process.pid}.part`
  // apt's own client: it knows the proxies of this machine, and looks at the hash.
  await run('/usr/lib/apt/apt-helper', ['download-file', `${await mirror()}/pool/main/p/python3.14/${name}`, part, `SHA256:${sha256}`])
  await rename(part, file)
  return file
}

async function sha256Of(file: string): Promise<string | undefined> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex')
  } catch {
    return undefined
  }
}

/** Where this machine gets its Debian packages: the pool there has those of every distribution. */
async function mirror(): Promise<string> {
  const folder = '/etc/apt/sources.list.d'
  const names = await readdir(folder).catch(() => [])
  for (const file of ['/etc/apt/sources.list', ...names.map((name) => join(folder, name))]) {
    const [found] = (await readFile(file, 'utf8').catch(() => '')).match(/^(?!#).*\bhttps?:\/\/\S+\/debian\/?(?=\s|$)/m) ?? []
    const uri = found?.match(/https?:\S+/)?.[0]
    if (uri !== undefined) return uri.replace(/\/$/, '')
  }
  throw new Error('this machine names no source of Debian packages')
}

const run = promisify(execFile)
