import { describe, expect, test } from 'vitest'
import { controlGroupPlaces } from './cgroup.ts'

describe('the places for control groups', () => {
  test('are one for each controller in version 1', () => {
    const own = '9:name=systemd:/\n8:pids:/\n4:memory:/a/b\n2:cpu,cpuacct:/\n0::/\n'
    const mounts = [
      '30 25 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
      '31 25 0:27 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids',
      '32 25 0:28 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct',
    ].join('\n')
    expect(controlGroupPlaces(own, mounts)).toEqual([
      { version: 1, controllers: ['pids'], folder: '/sys/fs/cgroup/pids' },
      { version: 1, controllers: ['memory'], folder: '/sys/fs/cgroup/memory/a/b' },
    ])
  })

  test('are beside this process first in version 2, whose groups with processes have no limited children', () => {
    const own = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/shell.scope\n'
    const mounts = '35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate'
    const app = '/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice'
    expect(controlGroupPlaces(own, mounts)).toEqual([
      { version: 2, controllers: ['memory', 'pids'], folder: app },
      { version: 2, controllers: ['memory', 'pids'], folder: `${app}/shell.scope` },
    ])
  })

  test('are found where a container sees its own part of the hierarchy', () => {
    const mounts = '35 24 0:30 /docker/abc /sys/fs/cgroup/memory ro,nosuid master:11 - cgroup cgroup rw,memory'
    expect(controlGroupPlaces('4:memory:/docker/abc/inner\n', mounts)).toEqual([
      { version: 1, controllers: ['memory'], folder: '/sys/fs/cgroup/memory/inner' },
    ])
  })

  test('are none where nothing is mounted, or this process is outside of what it sees', () => {
    expect(controlGroupPlaces('0::/\n', '')).toEqual([])
    expect(controlGroupPlaces('0::/../other\n', '35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw')).toEqual([])
    expect(controlGroupPlaces('', '35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw')).toEqual([])
  })
})
