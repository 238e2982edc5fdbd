import { z } from 'zod';
import type { Fact } from '@/server/foundation/facts';
import type { ConnectorIo } from './connector';
import {
  type ConnectorFault,
  isConnectorFault,
  MEDIA_GONE,
  type MediaKind,
  type UploadInput,
  type UploadOutput,
} from './types';

/** What a platform says about a file whose bytes it has. `again`: it does not have the file, or only a part of it. */
export interface Said {
  readonly state: 'again' | 'failed' | 'working' | 'done';
  readonly percent?: number | null | undefined;
  readonly checkAfterSeconds?: number | undefined;
  /** How long the platform keeps an unused file, from now; unknown if omitted. */
  readonly keptSeconds?: number | undefined;
}

/** The requests of an upload. Each may be repeated. They throw ConnectorFault; one that does not know the upload starts it over. */
export type UploadSteps = (
  | {
      /** Bytes per segment. */
      readonly segment: number;
      /** Announces the file and returns the id of the upload. */
      begin(io: ConnectorIo, input: UploadInput): Promise<string>;
      /** Sends a segment. Returns what the platform says if no more segments are needed. */
      append(
        io: ConnectorIo,
        input: UploadInput,
        id: string,
        segment: { readonly index: number; readonly bytes: Uint8Array },
      ): Promise<Said | null>;
      finish(io: ConnectorIo, input: UploadInput, id: string): Promise<Said>;
    }
  | {
      /** Sends the whole file in one request and returns its id. */
      send(io: ConnectorIo, input: UploadInput): Promise<{ readonly id: string } & Said>;
    }
) & {
  /** Asks how far the processing is. */
  look?(io: ConnectorIo, input: UploadInput, id: string): Promise<Said>;
  /** Sends the description in a request of its own, after the file. */
  readonly describe?: {
    readonly kinds: readonly MediaKind[];
    send(io: ConnectorIo, input: UploadInput, id: string): Promise<unknown>;
    /** Advice if the platform rejects the description. */
    problem(kind: MediaKind): Fact;
  };
  /** Advice if the platform cannot process the file. */
  problem(kind: MediaKind): Fact;
};

/** An upload expires this much earlier for us than for the platform, so that no post uses one that is about to be discarded. */
const EXPIRY_MARGIN_S = 600;
/** A shorter expiry than this is ignored, because otherwise the file would be uploaded again and again. */
const SHORTEST_EXPIRY_S = 3600;
const CHECK_AFTER_S = 5;

const progress = z.object({
  id: z.string(),
  sent: z.number().int(),
  phase: z.enum(['segments', 'processing', 'description']),
  /** When the platform discards the upload, in milliseconds since 1970. */
  until: z.number().nullable(),
});
type Progress = z.output<typeof progress>;

const isRefusal = (error: unknown): error is ConnectorFault =>
  isConnectorFault(error) && error.kind === 'rejected';
/** Whether the platform refuses a request because it does not know the upload, or no longer does. */
const isUnknown = (error: unknown): boolean =>
  isRefusal(error) && (error.options.status === 404 || error.options.vendorCode === MEDIA_GONE);
/** Whether the platform rejects the content of a request. */
export const isBadRequest = (error: unknown): error is ConnectorFault =>
  isRefusal(error) &&
  (error.options.status === 400 || error.options.status === 422) &&
  error.options.vendorCode !== MEDIA_GONE;

/** Returns the capability `upload` of a platform that takes files ahead of their post, from its requests. Each call performs one of them. */
export const uploadInSteps =
  (steps: UploadSteps) =>
  async (io: ConnectorIo, input: UploadInput): Promise<UploadOutput> => {
    const at = progress.safeParse(input.progress).data;
    if (!at) return begin(steps, io, input);
    try {
      if (at.phase === 'description') return await describe(steps, io, input, at);
      if (at.phase === 'segments' && 'segment' in steps) return await transfer(steps, io, input, at);
      return next(steps, io, input, at, (await steps.look?.(io, input, at.id)) ?? { state: 'done' });
    } catch (error) {
      if (isUnknown(error)) return { state: 'again' };
      throw error;
    }
  };

async function begin(steps: UploadSteps, io: ConnectorIo, input: UploadInput): Promise<UploadOutput> {
  if ('segment' in steps) {
    const start: Progress = { id: await steps.begin(io, input), sent: 0, phase: 'segments', until: null };
    return { state: 'uploading', progress: start, sent: 0 };
  }
  const { id, ...said } = await steps.send(io, input);
  return next(steps, io, input, { id, sent: input.bytes, phase: 'processing', until: null }, said);
}

async function transfer(
  steps: Extract<UploadSteps, { segment: number }>,
  io: ConnectorIo,
  input: UploadInput,
  at: Progress,
): Promise<UploadOutput> {
  if (at.sent >= input.bytes) return next(steps, io, input, at, await steps.finish(io, input, at.id));
  const bytes = await input.read(at.sent, Math.min(steps.segment, input.bytes - at.sent));
  const said = await steps.append(io, input, at.id, { index: at.sent / steps.segment, bytes });
  if (said) return next(steps, io, input, at, said);
  const sent = at.sent + bytes.byteLength;
  return { state: 'uploading', progress: { ...at, sent }, sent };
}

async function describe(
  steps: UploadSteps,
  io: ConnectorIo,
  input: UploadInput,
  at: Progress,
): Promise<UploadOutput> {
  try {
    await steps.describe?.send(io, input, at.id);
  } catch (error) {
    if (!isBadRequest(error) || !steps.describe) throw error;
    // The file is uploaded; only its description is rejected.
    return { state: 'failed', problem: steps.describe.problem(input.kind) };
  }
  return ready(at);
}

function next(
  { describe, problem }: UploadSteps,
  io: ConnectorIo,
  { kind, bytes, alt }: UploadInput,
  at: Progress,
  said: Said,
): UploadOutput {
  if (said.state === 'again') return { state: 'again' };
  if (said.state === 'failed') return { state: 'failed', problem: problem(kind) };
  const kept = said.keptSeconds ?? 0;
  const until = kept < SHORTEST_EXPIRY_S ? at.until : io.now().getTime() + (kept - EXPIRY_MARGIN_S) * 1000;
  if (said.state === 'working')
    return {
      state: 'processing',
      progress: { ...at, phase: 'processing', until } satisfies Progress,
      percent: said.percent ?? null,
      checkAfterSeconds: Math.min(60, Math.max(1, said.checkAfterSeconds ?? CHECK_AFTER_S)),
    };
  if (alt && describe?.kinds.includes(kind))
    return {
      state: 'uploading',
      progress: { ...at, phase: 'description', until } satisfies Progress,
      sent: bytes,
    };
  return ready({ ...at, until });
}

const ready = ({ id, until }: Progress): UploadOutput => ({
  state: 'ready',
  remoteId: id,
  expiresAt: until === null ? null : new Date(until),
});
