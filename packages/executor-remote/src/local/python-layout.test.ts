import { describe, expect, test } from 'vitest'
import type { PythonInstallation } from './python-installation.ts'
import { layOutPython } from './python-layout.ts'

const debian: PythonInstallation = {
  executable: '/usr/bin/python3.11',
  implementation: 'CPython',
  version: [3, 11, 2],
  prefix: '/usr',
  basePrefix: '/usr',
  modules: ['/usr/lib/python3.11', '/usr/lib/python3.11/lib-dynload', '/usr/lib/python3/dist-packages', '/home/ann/editable'],
  libraries: ['/usr/lib/python3.11/lib-dynload', '/usr/lib/x86_64-linux-gnu'],
  systemSite: false,
}

const built: PythonInstallation = {
  ...debian,
  executable: '/home/ann/builds/3.12/bin/python3.12',
  version: [3, 12, 1],
  prefix: '/home/ann/builds/3.12',
  basePrefix: '/home/ann/builds/3.12',
  modules: ['/home/ann/builds/3.12/lib/python3.12'],
  libraries: ['/home/ann/builds/3.12/lib', '/usr/lib/x86_64-linux-gnu'],
}

const inPlace = (path: string) => ({ from: path, to: path })

describe('the layout of a Python', () => {
  test('of the system is its library, its packages and what they load, at their places', () => {
    expect(layOutPython(debian)).toEqual({
      binds: ['/usr/bin/python3.11', '/usr/lib/python3.11', '/usr/lib/python3/dist-packages', '/usr/lib/x86_64-linux-gnu'].map(inPlace),
      links: [],
      python: '/usr/bin/python3.11',
      libraryPath: [],
      environmentConfig: undefined,
    })
  })

  test('of a home is moved to another place, which is open to all and tells nobody whose it is', () => {
    expect(layOutPython(built)).toEqual({
      binds: [
        { from: '/home/ann/builds/3.12/bin/python3.12', to: '/python/bin/python3.12' },
        { from: '/home/ann/builds/3.12/lib', to: '/python/lib' },
        { from: '/home/ann/builds/3.12/lib64', to: '/python/lib64' },
        { from: '/home/ann/builds/3.12/share', to: '/python/share' },
        inPlace('/usr/lib/x86_64-linux-gnu'),
      ],
      links: [],
      python: '/python/bin/python3.12',
      libraryPath: ['/python/lib'],
      environmentConfig: undefined,
    })
  })

  test('of a virtual environment is made anew around its packages', () => {
    const environment = {
      ...debian,
      prefix: '/home/ada/project/.venv',
      modules: ['/usr/lib/python3.11', '/home/ada/project/.venv/lib/python3.11/site-packages'],
    }
    expect(layOutPython(environment)).toEqual({
      binds: [
        ...['/usr/bin/python3.11', '/usr/lib/python3.11', '/usr/lib/x86_64-linux-gnu'].map(inPlace),
        ...['lib', 'share', 'etc'].map((part) => ({ from: `/home/ada/project/.venv/${part}`, to: `/environment/${part}` })),
      ],
      links: [
        { target: '/usr/bin/python3.11', at: '/environment/bin/python3' },
        { target: 'lib', at: '/environment/lib64' },
      ],
      python: '/environment/bin/python3',
      libraryPath: [],
      environmentConfig: 'home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n',
    })
  })

  test('of a virtual environment of a moved Python refers to the moved one', () => {
    const environment = { ...built, prefix: '/home/ann/venv', systemSite: true }
    expect(layOutPython(environment)).toMatchObject({
      python: '/environment/bin/python3',
      libraryPath: ['/python/lib'],
      environmentConfig: 'home = /python/bin\ninclude-system-site-packages = true\nversion = 3.12.1\n',
    })
  })

  test('shows no folder of a project that was installed as editable', () => {
    expect(JSON.stringify(layOutPython(debian))).not.toContain('editable')
  })
})
