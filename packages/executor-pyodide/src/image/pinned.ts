// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: 'b6c847b9d4e7a471874ec58538b0512aefb4b19667185e7c6a4164a130e3a6b8',
  sha256: '186dd38b006dc3c969226ad7581f90334aefabf7616453a67b9662ca11eaa601',
}
