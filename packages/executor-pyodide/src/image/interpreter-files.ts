import type { FileSystem, MountedContent } from '../host/host.ts'
import { LIBRARY_PATH } from './standard-library.ts'

/** Folders that Python looks into when it starts, or that programs expect. */
const FOLDERS = ['/lib/python3.14/site-packages', '/lib/python3.14/lib-dynload', '/home/user', '/tmp']

/** Lays out the files that the heap of an image has seen when it was made: the same in each session that starts from it. */
export function layOutInterpreter(fileSystem: FileSystem, library: MountedContent): void {
  for (const folder of FOLDERS) fileSystem.makeFolder(folder)
  fileSystem.mountFile(LIBRARY_PATH, library)
  fileSystem.setWorkingFolder('/home/user')
}
