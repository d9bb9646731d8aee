/** The level that an argument names; throws where it names none. */
export function levelOf(argument: string | undefined): 'thread' | 'process' | 'sandbox' {
  if (argument === 'thread' || argument === 'process' || argument === 'sandbox') return argument
  throw new Error(`${argument} is no level`)
}
