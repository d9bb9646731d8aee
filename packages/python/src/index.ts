export { hostedBoot } from './hosted-boot.ts'
export { KERNEL_SOURCES } from './kernel-sources.ts'
export { SOURCES } from './sources.ts'
