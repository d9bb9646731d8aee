// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: '3234566da83845e33b60d6b399b23f6cad86f532f85dd99c6f2c50e0db447711',
  sha256: '2f6554c55a7398d041ccc58a188916fddcac57467f32ef1a396095d57e984b27',
}
