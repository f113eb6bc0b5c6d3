/**
 * What an OTLP server answers, in the encoding it was asked in: ExportTraceServiceResponse, and for
 * refusals google.rpc.Status with what is wrong with the request (google/rpc/error_details.proto).
 */
import protobuf from 'protobufjs/minimal.js'

export type Encoding = 'protobuf' | 'json'
export type Answered = { contentType: string; body: Uint8Array<ArrayBuffer> }

/** Numbers of google.rpc.Code. */
const codes = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [408, 4],
  [413, 8],
  [415, 3],
  [429, 8],
  [500, 13],
  [503, 14],
])
/** What a request for traces may be refused with. */
export const refusalStatuses = [...codes.keys()]
const unknownCode = 2

/** `rejected` spans and why; a message alone is a warning. A full success has neither. */
export function sayTaken(
  encoding: Encoding,
  { rejected, message }: { rejected: number; message: string },
): Answered {
  const isFull = rejected === 0 && message === ''
  if (encoding === 'json')
    return json(
      isFull
        ? {}
        : {
            partialSuccess: {
              ...(rejected > 0 ? { rejectedSpans: String(rejected) } : {}),
              errorMessage: message,
            },
          },
    )
  const writer = protobuf.Writer.create()
  if (!isFull) {
    writer.uint32(10).fork()
    if (rejected > 0) writer.uint32(8).int64(rejected)
    writer.uint32(18).string(message).ldelim()
  }
  return binary(writer)
}

/** `field` is what of the request is wrong, where something is. */
export function sayRefused(
  encoding: Encoding,
  status: number,
  message: string,
  field?: string,
): Answered {
  const code = codes.get(status) ?? unknownCode
  if (encoding === 'json') {
    const details = [{ '@type': badRequest, fieldViolations: [{ field, description: message }] }]
    return json({ code, message, ...(field === undefined ? {} : { details }) })
  }
  const writer = protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message)
  if (field !== undefined) {
    const violation = protobuf.Writer.create()
    violation.uint32(10).fork().uint32(10).string(field).uint32(18).string(message).ldelim()
    writer.uint32(26).fork().uint32(10).string(badRequest)
    writer.uint32(18).bytes(violation.finish()).ldelim()
  }
  return binary(writer)
}

const badRequest = 'type.googleapis.com/google.rpc.BadRequest'

function json(value: unknown): Answered {
  return { contentType: 'application/json', body: new TextEncoder().encode(JSON.stringify(value)) }
}

function binary(writer: protobuf.Writer): Answered {
  return { contentType: 'application/x-protobuf', body: new Uint8Array(writer.finish()) }
}
