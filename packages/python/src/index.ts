export { KERNEL_SOURCES } from './kernel-sources.ts'
export { SOURCES } from './sources.ts'
