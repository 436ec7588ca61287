// Where a transfer stands, kept in the profile so that a killed process costs at most one part.

import {
  decode,
  encode,
  fixed,
  optional,
  struct,
  text,
  u32,
  u64,
  type Value,
} from '../protocol/codec.ts'
import { blobId } from '../protocol/ids.ts'
import type { Store } from '../store/port.ts'

const place = struct({ index: u32, digest: fixed(32) })

const MAX_PATH_BYTES = 4096

/** `modifiedAt` and the size say whether the file is still the one whose beginning went up. */
const upload = struct({ blob: blobId, modifiedAt: u64, place })
type UploadState = Value<typeof upload>

const download = struct({ path: text(MAX_PATH_BYTES), place: optional(place) })
type DownloadState = Value<typeof download>

const uploadKey = (id: string): string => `upload ${id}`
const downloadKey = (id: string): string => `download ${id}`

export const uploadState = (store: Store, id: string): UploadState | undefined =>
  read(store, uploadKey(id), (bytes) => decode(upload, bytes))

export const downloadState = (store: Store, id: string): DownloadState | undefined =>
  read(store, downloadKey(id), (bytes) => decode(download, bytes))

export const keepUpload = (store: Store, id: string, state: UploadState): void =>
  keep(store, uploadKey(id), encode(upload, state))

export const keepDownload = (store: Store, id: string, state: DownloadState): void =>
  keep(store, downloadKey(id), encode(download, state))

export const forgetUpload = (store: Store, id: string): void => forget(store, uploadKey(id))
export const forgetDownload = (store: Store, id: string): void => forget(store, downloadKey(id))

function read<T>(store: Store, key: string, parse: (bytes: Uint8Array) => T): T | undefined {
  const bytes = store.meta(key)
  return bytes === undefined ? undefined : parse(bytes)
}

function keep(store: Store, key: string, value: Uint8Array): void {
  store.transaction((tx) => tx.putMeta(key, value))
}

function forget(store: Store, key: string): void {
  store.transaction((tx) => tx.deleteMeta(key))
}
