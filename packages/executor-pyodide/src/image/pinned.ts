// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: 'bdbb329be77f87bc121a2081d8438f121e941e7492d1dea690006b3eb3c59a66',
  sha256: '44662493f2b248be4c1ffed90158b120070b82d8acbff974717181ae72f3648b',
}
