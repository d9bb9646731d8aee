import { CONTROL } from './control.ts'
import { DISPLAYS } from './displays.ts'
import { FAILURE } from './failure.ts'
import { FILES } from './files.ts'
import { LEDGER } from './ledger.ts'
import { OUTPUT } from './output.ts'
import { PROGRAM } from './program.ts'
import { TOOLS } from './tools.ts'

/** What is put into an IPython kernel before its first program: one Python module that stands in no namespace of the user's. It wants `options`. */
export const GUEST: string = [LEDGER, OUTPUT, FAILURE, DISPLAYS, FILES, TOOLS, PROGRAM, CONTROL].join('\n')
