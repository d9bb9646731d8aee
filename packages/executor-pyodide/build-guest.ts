// Writes the module that carries the guest's code as text: `node build-guest.ts`. A test fails when it is stale.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, type Format } from 'esbuild'

const TEXTS = new URL('./src/guest/texts.ts', import.meta.url)

/** The module that exports one text for each way in which a guest is started: all that it needs, without dependencies but Node itself. */
export async function textsModule(): Promise<string> {
  // A process reads it as a module from its standard input; a thread is given text, which is no module.
  const guests = [
    { name: 'PROCESS_GUEST', says: 'What a process runs.', text: await bundled('process-entry.ts', 'esm') },
    { name: 'THREAD_GUEST', says: 'What a thread runs.', text: await bundled('thread-entry.ts', 'cjs') },
  ]
  const exports = guests.map(
    ({ name, says, text }) => `/** ${says} */\nexport const ${name}: string = \`${text.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`\n`,
  )
  return `// Written by build-guest.ts; not to be changed by hand.\n\n${exports.join('\n')}`
}

async function bundled(entry: string, format: Format): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./src/guest/${entry}`, import.meta.url))],
    // What its comments name is relative to here, from wherever it is built.
    absWorkingDir: import.meta.dirname,
    bundle: true,
    write: false,
    format,
    platform: 'node',
    // The oldest Node that guests run in.
    target: 'node22.19',
    // Readable, so that a change of it can be.
    minify: false,
    legalComments: 'none',
  })
  return outputFiles.map(({ text }) => text).join('') // one entry gives one file
}

if (import.meta.main) writeFileSync(TEXTS, await textsModule())
