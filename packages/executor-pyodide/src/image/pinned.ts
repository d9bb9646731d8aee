// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: 'a5021de7a925d01be5fddba8bcc1ccb4f2a67d3306393e3f95f159bcef9edec4',
  sha256: '4daf9a69bde210abeffc4a65744f5bc1f9643a292a3bafb1e211f3fcb1cdaf25',
}
