import { type ByteText, fromByteText } from './byte-text.ts'
import type { ChangedFile } from './file-system.ts'
import { byPath, filesBelow, folderAt } from './host-files.ts'
import type { FileNode } from './nodes.ts'
import type { Volume } from './volume.ts'

/** Remembers which files there were when it was last asked, and in which state. */
export class Changes {
  readonly #volume: Volume
  /** By their paths from the root, without links. */
  readonly #known = new Map<ByteText, Seen>()

  constructor(volume: Volume) {
    this.#volume = volume
  }

  /** What the host put at a path is no change. */
  know(path: ByteText, { number, revision }: FileNode): void {
    this.#known.set(path, { number, revision })
  }

  /** What the host removed is none either. */
  forget(path: ByteText): void {
    this.#known.delete(path)
  }

  /** What became of the files below a folder since, what is gone last. Names that are no UTF-8 are passed over. */
  take(folderPath: string): ChangedFile[] {
    const { folder, prefix } = folderAt(this.#volume, folderPath)
    const found: ChangedFile[] = []
    const tell = (path: ByteText, size: number, change: ChangedFile['change']): void => {
      const readable = fromByteText(path.slice(prefix.length))
      if (readable !== undefined) found.push({ path: readable, size, change })
    }
    const gone = new Set([...this.#known.keys()].filter((path) => path.startsWith(prefix)))
    for (const { path: relative, file } of filesBelow(folder)) {
      if (file.isFixed) continue
      const path = prefix + relative
      const before = this.#known.get(path)
      if (before === undefined) tell(path, file.content.size, 'created')
      else if (before.number !== file.number || before.revision !== file.revision) tell(path, file.content.size, 'modified')
      gone.delete(path)
      this.know(path, file)
    }
    const present = found.splice(0).sort(byPath)
    for (const path of gone) {
      tell(path, 0, 'deleted')
      this.forget(path)
    }
    return [...present, ...found.sort(byPath)]
  }
}

/** A file in a state: another file under its name has another number. */
type Seen = Pick<FileNode, 'number' | 'revision'>
