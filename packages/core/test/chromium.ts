import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

/** Why tests in a browser cannot run here, to be put into their names; undefined where they can. */
export const noChromium: string | undefined = EXECUTABLE
  ? undefined
  : 'skipped: no Chromium is installed (Debian: apt-get install chromium)'

/** A headless Chromium, without anything that it would ask the network for by itself. */
export function launchChromium(): Promise<Browser> {
  if (!EXECUTABLE) throw new Error(noChromium)
  return chromium.launch({
    executablePath: EXECUTABLE,
    chromiumSandbox: false,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
