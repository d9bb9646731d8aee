// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: '093f67fe793ad9914b45c6b4a54c0867fc5e4d56d11eaf5aa5576191445b3cf3',
  sha256: '4bd55f45851dc1667a989bbd9a354caacf0faa57a2efdecde58d30527fe04e5f',
}
