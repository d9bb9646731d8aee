// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: '273e14fad983bf63b77ee9c74e5aab0cfa17583d0a4a8090f3a8e09690a533b6',
  sha256: 'aacde6c2822538adeea59f09df6e52c8b0be3ccf0660cdc1c5e31840a567bd8c',
}
