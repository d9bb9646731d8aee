/** Why a library cannot be loaded. Python gets the text, as the reason of its `ImportError`. */
export class LibraryError extends Error {
  override readonly name = 'LibraryError'
}
