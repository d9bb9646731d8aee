// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: 'b412c3a5824d64b8f621662a50afadcfae035b121bf2657b259298cc66edbcae',
  sha256: 'af368faa0edc06e151bba82ff66e9f755f62c2fe3d241ebc46b0efaafd325d8e',
}
