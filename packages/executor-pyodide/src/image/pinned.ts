// Written by `pnpm build:image`; not to be changed by hand. A test fails when it is stale.

/** The image of these sources: what it is built from, and what comes out. SHA-256, hexadecimal. */
export const PINNED: { readonly inputs: string; readonly sha256: string } = {
  inputs: '982c71001d29b0d542d3a5babe506772bc2304ceaf13016ef99ebe770dc6f145',
  sha256: '763c4df9de36d054162974d9db8b9599c8c0fffbcf517480c80eb5de5af4fb6f',
}
