// Says which files Node opened, and what was compiled for WebAssembly, when somebody imports the package and does nothing else.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const opened: string[] = []
const compiled: string[] = []
for (const name of ['open', 'openSync', 'readFile', 'readFileSync', 'createReadStream'])
  note(fs, name, ([path]) => opened.push(String(path)))
for (const name of ['open', 'readFile']) note(fs.promises, name, ([path]) => opened.push(String(path)))
for (const name of ['Module', 'Instance', 'compile', 'instantiate']) note(WebAssembly, name, () => compiled.push(name))
syncBuiltinESMExports()
await import('../../src/index.ts')
// Proof that it would be seen.
fs.readFileSync(import.meta.filename)
console.log(
  JSON.stringify({
    compiled,
    opened: opened.filter((path) => /\.(wasm|image|zip)$/.test(path)),
    isNoted: opened.includes(import.meta.filename),
  }),
)

function note(owner: object, name: string, listen: (values: readonly unknown[]) => void): void {
  const noted = new Proxy(Reflect.get(owner, name), {
    apply: (target, self, values) => {
      listen(values)
      return Reflect.apply(target, self, values)
    },
    construct: (target, values) => {
      listen(values)
      return Reflect.construct(target, values)
    },
  })
  Reflect.set(owner, name, noted)
}
