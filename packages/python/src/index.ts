export { hostedBoot } from './hosted-boot.ts'
export { SOURCES } from './sources.ts'
