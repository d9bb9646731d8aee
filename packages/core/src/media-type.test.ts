import { describe, expect, it } from 'vitest'
import { bareType, endingFor, mediaTypeOf } from './media-type.ts'

describe('mediaTypeOf', () => {
  it.each([
    ['plot.png', 'image/png'],
    ['a/b/photo.JPG', 'image/jpeg'],
    ['table.csv', 'text/csv'],
    ['table.tsv', 'text/tab-separated-values'],
    ['archive.tar.gz', 'application/gzip'],
    ['.json', 'application/json'],
    ['notes.unknown', 'application/octet-stream'],
    ['notes.', 'application/octet-stream'],
    ['csv', 'application/octet-stream'],
    ['my.csv/readme', 'application/octet-stream'],
    ['', 'application/octet-stream'],
    // What every object has is no ending.
    ['x.constructor', 'application/octet-stream'],
    ['x.toString', 'application/octet-stream'],
    ['x.__proto__', 'application/octet-stream'],
  ])('knows %j as %s', (path, expected) => {
    expect(mediaTypeOf(path)).toBe(expected)
  })
})

describe('endingFor', () => {
  it.each([
    ['image/jpeg', 'jpg'],
    ['text/csv', 'csv'],
    ['Text/CSV; charset=utf-8', 'csv'],
    ['text/plain', 'txt'],
    ['text/x-unheard-of', 'txt'],
    ['application/x-unheard-of', 'bin'],
    ['', 'bin'],
  ])('gives %j the ending %s', (mimeType, expected) => {
    expect(endingFor(mimeType)).toBe(expected)
  })

  it.each(['png', 'csv', 'pdf', 'xlsx', 'mp4', 'json', 'parquet'])('gives back the ending %s', (ending) => {
    expect(endingFor(mediaTypeOf(`a.${ending}`))).toBe(ending)
  })
})

describe('bareType', () => {
  it('leaves out parameters and case', () => {
    expect(bareType(' Text/HTML ; charset=utf-8')).toBe('text/html')
    expect(bareType('')).toBe('')
  })
})
