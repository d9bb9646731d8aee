export { SOURCES } from './sources.ts'
