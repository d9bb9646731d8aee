/** Of this package; a test compares it with package.json. A bundled application has none beside it. */
export const VERSION = '0.1.0'
