// Prints the counts of a vitest JSON report in one line that a machine can find. Plain JavaScript that Node 16 runs.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2] || 0, 'utf8'))
/** @type {{ status: string; assertionResults: unknown[] }[]} */
const files = report.testResults
// A file that could not even be loaded has no tests to count: it counts as one that failed.
const unloadable = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length
const failed = report.numFailedTests + unloadable
console.log(`${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`)
