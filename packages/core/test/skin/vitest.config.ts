import { defineConfig } from 'vitest/config'

// Run by describe-executor.contract.test.ts in a process of its own: one of its tests has to fail.
export default defineConfig({ cacheDir: '../../../../node_modules/.vitest-skin', test: { include: ['*.fixture.ts'] } })
