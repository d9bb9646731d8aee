import { toByteText } from './byte-text.ts'
import type { Device } from './device.ts'
import { makeFolders } from './host-files.ts'
import type { Volume } from './volume.ts'

/** Puts the devices that programs expect into `/dev`. */
export function addDevices(volume: Volume, randomFill: (target: Uint8Array) => void): void {
  const folder = makeFolders(volume, '/dev', 'fixed')
  for (const [name, device] of Object.entries(devices(randomFill)))
    volume.enter(folder, toByteText(name), volume.newDevice(device, 'device'))
}

function devices(randomFill: (target: Uint8Array) => void): Record<string, Device> {
  const random: Device = {
    read: (target) => {
      randomFill(target)
      return target.length
    },
    write: ignore,
  }
  const zero: Device = {
    read: (target) => {
      target.fill(0)
      return target.length
    },
    write: ignore,
  }
  return { null: { read: () => 0, write: ignore }, zero, random, urandom: random }
}

function ignore(): void {}
