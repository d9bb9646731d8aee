// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: '9498ae797722d0912d7de67b7cc539380ba702efc02165eeca6c2572e57390ce',
  sha256: 'db62f6c5025dd363ea8740a9793d3d0e4cfbed96f7e9706927577fd6583b1bff',
}
