/**
 * Puts finished files into S3-compatible storage. Large ones go up in parts read from disk one at a
 * time; an object appears under its name only when all of it arrived, the manifest after the rest.
 */
import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { forbidden, invalid, ParleyError, unavailable } from '../../errors.ts'
import type { Sending } from './sending.ts'

export type S3Settings = {
  region: string
  /** null: Amazon's own for the region. */
  endpoint: string | null
  accessKeyId: string | null
  secretAccessKey: string | null
  sessionToken: string | null
}

/** `files` are paths on disk and their keys, in upload order. */
export async function sendToS3(
  settings: S3Settings,
  bucket: string,
  files: readonly { path: string; key: string }[],
  sending: Sending = {},
): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = settings
  if (!accessKeyId || !secretAccessKey)
    throw invalid({ '--to': 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for s3://.' })
  const client = new S3Client({
    region: settings.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    // Other stores serve buckets by path, and not all support Amazon's checksums.
    ...(settings.endpoint ? { endpoint: settings.endpoint, forcePathStyle: true } : {}),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 4,
  })
  try {
    for (const { path, key } of files) {
      await putFile(client, bucket, key, path, sending)
      sending.onFile?.(key)
    }
  } catch (error) {
    throw sending.signal?.aborted ? sending.signal.reason : asRefusal(error, bucket)
  } finally {
    client.destroy()
  }
}

const leastPart = 8 * 1024 * 1024
/** docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html: at most 10,000 parts. */
const mostParts = 9_000

async function putFile(
  client: S3Client,
  Bucket: string,
  Key: string,
  path: string,
  { signal, onBytes }: Sending,
) {
  const heeding = signal ? { abortSignal: signal } : {}
  const { size } = await stat(path)
  const partSize = Math.max(leastPart, Math.ceil(size / mostParts))
  const handle = await open(path)
  try {
    // Parts are sent one at a time through this one buffer.
    const held = Buffer.alloc(Math.min(partSize, size))
    const read = async (at: number) => {
      signal?.throwIfAborted()
      const bytes = held.subarray(0, size - at)
      for (let filled = 0; filled < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, at + filled)
        if (bytesRead === 0) throw new Error('The file became shorter while it was sent.')
        filled += bytesRead
      }
      // The store refuses a part that was altered on the way.
      return { Body: bytes, ContentMD5: createHash('md5').update(bytes).digest('base64') }
    }
    if (size <= partSize) {
      const command = new PutObjectCommand({ Bucket, Key, ...(await read(0)) })
      await client.send(command, heeding)
      onBytes?.(size)
      return
    }
    await abortUnfinished(client, Bucket, Key)
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }))
    try {
      const Parts: { PartNumber: number; ETag: string | undefined }[] = []
      for (let at = 0; at < size; at += partSize) {
        const part = { Bucket, Key, UploadId, PartNumber: Parts.length + 1, ...(await read(at)) }
        const { ETag } = await client.send(new UploadPartCommand(part), heeding)
        Parts.push({ PartNumber: part.PartNumber, ETag })
        onBytes?.(part.Body.length)
      }
      signal?.throwIfAborted()
      const whole = { Bucket, Key, UploadId, MultipartUpload: { Parts } }
      await client.send(new CompleteMultipartUploadCommand(whole))
    } catch (error) {
      // Parts of an unfinished upload cost money and are not listed as objects.
      const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId })
      await client.send(abort).catch(() => {
        throw unfinished(error, Bucket, Key)
      })
      throw error
    }
  } finally {
    await handle.close()
  }
}

/** Parts of a killed run cost money and are not listed as objects; this run sends the whole file anyway. */
async function abortUnfinished(client: S3Client, Bucket: string, Key: string): Promise<void> {
  try {
    const { Uploads = [] } = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: Key, MaxUploads: 100 }),
    )
    for (const { UploadId, Key: key } of Uploads)
      if (key === Key && UploadId)
        await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
  } catch {
    // Not every store can list them, and not every key may: then the bucket's own rules remove them.
  }
}

/** The store did not delete the parts: says where they are, because storing them costs money. */
function unfinished(error: unknown, bucket: string, key: string): unknown {
  const why = asRefusal(error, bucket)
  const said = why instanceof ParleyError ? why.message : 'The upload was cut off.'
  return new ParleyError(
    why instanceof ParleyError ? why.code : 'unavailable',
    `${said} Parts of ${key} stay in the bucket "${bucket}" unseen; the next run of this command removes them.`,
    { cause: error },
  )
}

/** The store's error as a sentence for the person who ran the command, without keys or addresses. */
function asRefusal(error: unknown, bucket: string): unknown {
  if (!(error instanceof Error) || error instanceof ParleyError) return error
  switch (error.name) {
    case 'NoSuchBucket':
      return new ParleyError('not_found', `There is no bucket "${bucket}". Make it first.`)
    case 'AccessDenied':
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
    case 'ExpiredToken':
      return forbidden(
        `The bucket "${bucket}" refused us (${error.name}). Check the AWS_* variables, and that they may put objects there.`,
      )
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
      return invalid({ AWS_REGION: `The bucket "${bucket}" is in another region.` })
  }
  const status = '$metadata' in error ? Object(error.$metadata).httpStatusCode : undefined
  if (status !== undefined && status < 500 && status !== 429)
    return forbidden(`The bucket "${bucket}" refused the file (${error.name}).`)
  return unavailable('The storage', new Error(error.name))
}
