// The flags of `npx holdfast hub`, and what is said of bad ones.
import { describe, expect, it } from 'vitest'
import { hubArguments } from '../../src/cli/hub-arguments.ts'

describe('hubArguments', () => {
  it('reads all of them', () => {
    expect(hubArguments([], {})).toEqual({ port: 8000, host: '127.0.0.1', data: './holdfast-data', buckets: {} })
    const all = ['--port', '0', '--host=0.0.0.0', '--memory', '--bucket', 'a-b=/x=y', '--bucket=other=z', '--access-key-id', 'k', '--secret-access-key', 's']
    expect(hubArguments(all, {})).toEqual({
      port: 0,
      host: '0.0.0.0',
      data: undefined,
      buckets: { 'a-b': '/x=y', other: 'z' },
      accessKey: { accessKeyId: 'k', secretAccessKey: 's' },
    })
    expect(hubArguments(['--data', 'd'], { HOLDFAST_ACCESS_KEY_ID: 'a', HOLDFAST_SECRET_ACCESS_KEY: 'b' })).toMatchObject({
      data: 'd',
      accessKey: { accessKeyId: 'a', secretAccessKey: 'b' },
    })
  })

  it.each([
    [['--prot', '1'], "Unknown option '--prot'; see holdfast --help"],
    [['--port'], /argument missing/],
    [['--port', '65536'], "'65536' is no port: a number from 0 to 65535"],
    [['--port', '-1'], /ambiguous|no port/],
    [['--memory', '--data', 'a'], '--data and --memory exclude each other'],
    [['--bucket', 'a'], "--bucket wants NAME=DIR, not 'a'"],
    [['--bucket', '=a'], "--bucket wants NAME=DIR, not '=a'"],
    [['--bucket', 'a=b', '--bucket', 'a=c'], "bucket 'a' is given twice"],
    [['--access-key-id', 'a'], 'an access key has both parts: --access-key-id and --secret-access-key'],
    [['more'], /Unexpected argument 'more'/],
  ])('refuses %j', (args, message) => {
    expect(() => hubArguments(args, {})).toThrow(message)
  })
})
