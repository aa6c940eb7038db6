// The key that requests to a hub are signed with.
// Apart from signature.ts, so that the package's types need none of Node's.
export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}
