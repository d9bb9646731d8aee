// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: '1ef1927971c0fb593dd25b3693535f62eea8d6c8fa9b512f5223cbfc77b819cf',
  sha256: 'c2d316c76ff93c9b2bc524bae128b481fa83a77e612c8258f702b089a0206621',
}
