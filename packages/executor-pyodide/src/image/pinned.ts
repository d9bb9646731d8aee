// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: 'e7fe5236f7d4560d408ea4d86b1b1319774467de1a10cca5a194e238314d743d',
  sha256: '56652be1f0b22067b6a054e94351c94dab7310c155780ece54c9d1dc9f782756',
}
