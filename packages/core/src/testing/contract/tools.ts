import { expect } from 'vitest'
import { type ContractCase, python, subject } from './case.ts'
import { CALL_MS, held, noTools, toolHost } from './tool-host.ts'

const MEBIBYTE = 2 ** 20

/** Python calls tools of the host: `tools.name(…)` and `tools.aio.name(…)` (design.md 6, remote.md 9). */
export const toolCases: readonly ContractCase[] = subject('tools', [
  {
    name: 'calls a tool of the host with its arguments and returns its value',
    unless: noTools,
    async run(lab) {
      const host = toolHost({ add: ({ left, right }) => Number(left) + Number(right) })
      const result = await lab.run(await lab.shared(), `print(tools.add(left=2, right=3) + 1)`, host)
      expect([result.reason, result.stdout]).toEqual(['completed', '6\n'])
      expect(host.calls).toEqual([{ id: expect.any(String), name: 'add', arguments: { left: 2, right: 3 } }])
    },
  },
  {
    name: 'brings JSON to a tool and back as it is',
    unless: noTools,
    async run(lab) {
      const host = toolHost({ echo: ({ value }) => value, nothing: () => undefined })
      const result = await lab.run(
        await lab.shared(),
        python`
          value = {'text': 'ä€😀\n"', 'numbers': [0, -1, 2.5, 10**12], 'none': None, 'flags': [True, False], 'empty': [{}, [], '']}
          print(tools.echo(value=value) == value, tools.nothing() is None)
        `,
        host,
      )
      expect(result.stdout).toBe('True True\n')
      expect(host.calls[0]?.arguments).toEqual({
        value: { text: 'ä€😀\n"', numbers: [0, -1, 2.5, 1e12], none: null, flags: [true, false], empty: [{}, [], ''] },
      })
    },
  },
  {
    name: 'gives each call of a program an id of its own, and sends it once',
    unless: noTools,
    async run(lab) {
      const host = toolHost({ count: ({ number }) => number })
      const code = `print([tools.count(number=number) for number in range(20)] == list(range(20)))`
      expect((await lab.run(await lab.shared(), code, host)).stdout).toBe('True\n')
      expect(host.calls.map((call) => call.arguments)).toEqual(Array.from({ length: 20 }, (_, number) => ({ number })))
      expect(new Set(host.calls.map(({ id }) => id)).size).toBe(20)
    },
  },
  {
    name: 'tells what was printed before a call before the call comes',
    unless: noTools,
    async run(lab) {
      const session = await lab.shared()
      let seen = ''
      const host = toolHost({
        look() {
          seen = started.events.map((event) => (event.type === 'stdout' ? event.text : '')).join('')
        },
      })
      const started = lab.start(session, `print('before')\ntools.look()\nprint('after')`, host)
      expect([(await started.result).stdout, seen]).toEqual(['before\nafter\n', 'before\n'])
    },
  },
  {
    name: 'raises ToolError where a tool rejects, with its message',
    unless: noTools,
    async run(lab) {
      const session = await lab.shared()
      const host = toolHost({
        fail() {
          throw new Error('no stock: ä')
        },
      })
      const caught = await lab.run(
        session,
        python`
          for call in (lambda: tools.fail(), lambda: tools.unknown()):
              try:
                  call()
              except ToolError as error:
                  print(type(error).__name__, error)
          try:
              await tools.aio.fail()
          except ToolError as error:
              print('awaited', error)
        `,
        host,
      )
      expect(caught.stdout).toBe('ToolError no stock: ä\nToolError there is no tool unknown\nawaited no stock: ä\n')
      const uncaught = await lab.run(session, `kept = 'here'\ntools.fail()`, host)
      expect([uncaught.reason, uncaught.error?.name, uncaught.error?.value, uncaught.error?.line, uncaught.state]).toEqual([
        'exception',
        'ToolError',
        'no stock: ä',
        2,
        'kept',
      ])
      expect((await lab.run(session, 'print(kept)')).stdout).toBe('here\n')
    },
  },
  {
    name: 'starts a call of tools.aio before it is awaited',
    unless: noTools,
    async run(lab) {
      const first = held()
      const host = toolHost({
        first: first.tool,
        async second() {
          await lab.within(CALL_MS, 'the call before', first.came(1))
          first.release()
          return 'second'
        },
      })
      const code = python`
        pending = tools.aio.first(name='first')
        print(tools.second())
        print((await pending)['name'])
      `
      expect((await lab.run(await lab.shared(), code, host)).stdout).toBe('second\nfirst\n')
    },
  },
  {
    name: 'gathers calls of tools.aio in parallel, each with its own answer',
    unless: noTools,
    async run(lab) {
      const hold = held()
      const host = toolHost({ hold: hold.tool })
      const code = python`
        import asyncio
        answers = await asyncio.gather(*[tools.aio.hold(number=number) for number in range(5)])
        print([answer['number'] for answer in answers])
      `
      const started = lab.start(await lab.shared(), code, host)
      await Promise.race([lab.within(CALL_MS, 'five calls', hold.came(5)), started.result])
      hold.release()
      expect((await lab.within(CALL_MS, 'the program', started.result)).stdout).toBe('[0, 1, 2, 3, 4]\n')
    },
  },
  {
    name: 'sends no call with arguments that are no JSON',
    unless: noTools,
    async run(lab) {
      const host = toolHost({ take: () => 'taken' })
      const code = python`
        for value in (object(), {1, 2}, float('nan')):
            try:
                tools.take(value=value)
                print('taken')
            except Exception as error:
                print('refused')
      `
      expect((await lab.run(await lab.shared(), code, host)).stdout).toBe('refused\nrefused\nrefused\n')
      expect(host.calls).toEqual([])
    },
  },
  {
    name: 'takes arguments up to 1 MiB and refuses larger ones with ToolError',
    unless: noTools,
    async run(lab) {
      const host = toolHost({ measure: ({ text }) => String(text).length })
      const code = python`
        print(tools.measure(text='x' * (2**20 - 100)))
        try:
            print(tools.measure(text='x' * (2**20 + 1)))
        except ToolError:
            print('refused')
      `
      expect((await lab.run(await lab.shared(), code, host)).stdout).toBe(`${MEBIBYTE - 100}\nrefused\n`)
      expect(host.calls).toHaveLength(1)
    },
  },
  {
    name: 'takes arguments up to 64 levels deep and refuses deeper ones with ToolError',
    unless: noTools,
    async run(lab) {
      const host = toolHost({ take: () => 'taken' })
      const code = python`
        def nested(levels):
            return [nested(levels - 1)] if levels else 1
        print(tools.take(value=nested(60)))
        try:
            print(tools.take(value=nested(70)))
        except ToolError:
            print('refused')
      `
      expect((await lab.run(await lab.shared(), code, host)).stdout).toBe('taken\nrefused\n')
      expect(host.calls).toHaveLength(1)
    },
  },
  {
    name: 'brings answers up to 16 MiB and raises ToolError for larger ones',
    unless: noTools,
    async run(lab) {
      const host = toolHost({ text: ({ size }) => 'x'.repeat(Number(size)) })
      const code = python`
        print(len(tools.text(size=${15 * MEBIBYTE})))
        try:
            print(len(tools.text(size=${17 * MEBIBYTE})))
        except ToolError:
            print('refused')
      `
      expect((await lab.run(await lab.shared(), code, host)).stdout).toBe(`${15 * MEBIBYTE}\nrefused\n`)
    },
  },
  {
    name: 'lets 16 calls be open and refuses one more with ToolError',
    unless: noTools,
    async run(lab) {
      const hold = held()
      const host = toolHost({ hold: hold.tool })
      const code = python`
        import asyncio
        calls = [tools.aio.hold(number=number) for number in range(16)]
        try:
            await tools.aio.hold(number=16)
        except ToolError:
            print('refused', flush=True)
        print(sum([answer['number'] for answer in await asyncio.gather(*calls)]))
      `
      const started = lab.start(await lab.shared(), code, host)
      await lab.within(CALL_MS, 'the refusal', Promise.race([started.told('refused\n'), hold.came(17)]))
      await lab.within(CALL_MS, '16 calls', hold.came(16))
      expect(hold.count).toBe(16)
      hold.release()
      expect((await lab.within(CALL_MS, 'the program', started.result)).stdout).toBe('refused\n120\n')
    },
  },
  {
    name: 'lets a program call tools as often as it may',
    unless: ({ executor }) =>
      noTools({ executor }) ??
      (executor.capabilities.limits.toolCalls === 'enforced' ? undefined : 'limits.toolCalls is not declared enforced'),
    async run(lab) {
      const host = toolHost({ take: () => 'taken' })
      const code = python`
        for number in range(4):
            try:
                print(tools.take())
            except ToolError:
                print('refused')
      `
      const session = await lab.shared()
      for (let program = 0; program < 2; program++)
        expect((await lab.run(session, code, { ...host, limits: { toolCalls: 3 } })).stdout).toBe('taken\ntaken\ntaken\nrefused\n')
      expect(host.calls).toHaveLength(6)
    },
  },
  {
    name: 'leaves nothing of a call that was not awaited to the next program',
    unless: noTools,
    async run(lab) {
      const session = await lab.shared()
      const hold = held()
      const host = toolHost({ hold: hold.tool, other: () => 'other' })
      const first = await lab.run(session, `pending = tools.aio.hold(name='late')\nawait tools.aio.other()\nprint('ended')`, host)
      expect([first.reason, first.stdout]).toEqual(['completed', 'ended\n'])
      hold.release()
      expect((await lab.run(session, `print(tools.other())\nprint(await tools.aio.other())`, host)).stdout).toBe('other\nother\n')
    },
  },
])
