// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: '97554621a9fa28189e411f9d1bf9b8165702770a4c246ee460d51d54a3c3f4af',
  sha256: 'a3e7d8b32e6a0abeb6600e908d5a4943ea271801d675d4d16dd690ef4b0129f5',
}
