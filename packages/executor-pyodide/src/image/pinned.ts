// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: '2117e3fccd12980cbf4952ea08204875003116cd125fd0f2561175ae465eb880',
  sha256: '220c2b5541eb61fa3216ee4900b2e70d7bbcf815e8a2eb68d824156c466a6f1e',
}
