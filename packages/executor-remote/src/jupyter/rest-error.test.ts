import { expect, test } from 'vitest'
import { noAnswer, notJupyter, type RestAnswer, restError } from './rest-error.ts'

const WHAT = 'start a kernel'

function answer(status: number, text: string, headers: RestAnswer['headers'] = {}): RestAnswer {
  return { status, text, headers }
}

// The bodies of remote.md 1.1, as servers were seen to send them.
test.each<[string, RestAnswer, string, boolean]>([
  ['a wrong token (server)', answer(403, '{"message": "Forbidden", "reason": null}'), 'unauthorized', false],
  ['a wrong token (gateway)', answer(401, '{"reason": "Unauthorized", "message": ""}'), 'unauthorized', false],
  ['a quota of a Kernel Gateway', answer(403, '{"message": "Resource Limit"}'), 'overloaded', true],
  ['a quota of an Enterprise Gateway', answer(403, '{"message": "A max kernels per user limit has been set to 2"}'), 'overloaded', true],
  ['a quota of a Hub', answer(429, '{"message": "Active user limit exceeded."}', { 'retry-after': '30' }), 'overloaded', true],
  [
    'the named servers of a Hub’s user',
    answer(400, '{"message": "User loops already has the maximum of 2 named servers."}'),
    'overloaded',
    true,
  ],
  ['a stopped server of a Hub', answer(424, '{"message": "…"}'), 'unavailable', true],
  ['a proxy without its server', answer(502, '<html><h1>502 Bad Gateway</h1></html>'), 'unavailable', true],
  ['a server that drains', answer(503, ''), 'unavailable', true],
  ['a place that is not there', answer(404, '"not here"'), 'not_found', false],
  ['a redirect to a login', answer(302, '', { location: 'https://login.example/?next=secret' }), 'protocol', false],
  ['a kernelspec that is not there', answer(500, '{"message": "Unhandled error"}'), 'internal', true],
  [
    'a user whom an Enterprise Gateway refuses',
    answer(500, '{"message": "HTTP 403: User \'root\' is not authorized to start kernel"}'),
    'unauthorized',
    false,
  ],
  ['too much', answer(413, ''), 'too_large', false],
  ['what nobody knows', answer(418, ''), 'protocol', false],
])('takes %s', (_, answered, code, retryable) => {
  const { code: told, retryable: repeats, started, message } = restError(WHAT, answered)
  expect([told, repeats, started]).toEqual([code, retryable, 'no'])
  expect(message).toContain(`could not start a kernel: ${answered.status}`)
  expect(message).not.toContain('secret')
})

test('says how long the server asks to wait', () => {
  expect(restError(WHAT, answer(429, '', { 'retry-after': '30' })).retryAfterMs).toBe(30_000)
  expect(restError(WHAT, answer(503, '', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' })).retryAfterMs).toBeUndefined()
})

test('tells nothing of a page but that it is one', () => {
  expect(restError(WHAT, answer(502, '<html>secrets of a proxy</html>')).message).toContain('502 (an HTML page)')
})

test('says that a page is no Jupyter', () => {
  const error = notJupyter(WHAT, answer(200, '<!doctype html>', { 'content-type': 'text/html' }))
  expect([error.code, error.message]).toEqual([
    'protocol',
    'what answered is no Jupyter server: asked to start a kernel it said 200 with text/html, a page as browsers get it. Check the option endpoint',
  ])
})

test('says why there was no answer', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
  expect([noAnswer(WHAT, refused).message, noAnswer(WHAT, refused).retryable]).toEqual([
    'the Jupyter server could not be reached to start a kernel: ECONNREFUSED',
    true,
  ])
})
