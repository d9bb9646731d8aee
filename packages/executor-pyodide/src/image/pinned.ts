// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: '705fa98181bd589b21cfbcb2679b0e1bc44de61ad136bd062e549a37055ab7eb',
  sha256: '4a21c80bda1e5da8c83f000f5e057f7db58bdc4e74e694fad5299beeb3d1ed7c',
}
