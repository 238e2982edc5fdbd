import type { GenerateInput, GenerationEvent } from '@/server/domains/generation/schemas';
import type { Shown } from '@/server/foundation/facts';
import type { Refusal, Writing } from './generation';

/** Handlers for the events of a generation. */
interface Followers {
  starts(platforms: readonly string[]): void;
  changes(platform: string, patch: (before: Writing) => Partial<Writing>): void;
  done(platform: string, text: string): void;
}

/**
 * Requests texts and reports each event as it arrives. Returns the server's refusal, or whether the texts are complete. Throws if the
 * connection breaks or `signal` aborts. `lost` is the refusal if the error response has no readable body.
 */
export async function follow(
  input: GenerateInput,
  signal: AbortSignal,
  { starts, changes, done }: Followers,
  lost: Refusal,
): Promise<{ refusal: Refusal; complete?: never } | { refusal?: never; complete: boolean }> {
  const response = await fetch('/api/generate', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
    signal,
  });
  if (!response.ok || !response.body) return { refusal: await refusalOf(response, lost) };
  let complete = false;
  for await (const event of readLines(response.body)) {
    if (event.type === 'start') starts(event.platforms);
    else if (event.type === 'provider')
      changes(event.variant, () => ({ provider: event.provider, label: event.label.text }));
    else if (event.type === 'delta')
      changes(event.variant, (before) => ({ text: before.text + event.delta }));
    else if (event.type === 'notice')
      changes(event.variant, (before) => ({ notices: [...before.notices, event.notice.text] }));
    else if (event.type === 'restart')
      changes(event.variant, (before) => ({ text: '', notices: [...before.notices, event.notice.text] }));
    else if (event.type === 'done') {
      changes(event.variant, () => ({ ...event, label: event.label.text, state: 'done' as const }));
      done(event.variant, event.text);
    } else if (event.type === 'error' && event.variant)
      changes(event.variant, () => ({ state: 'failed', error: event.message.text }));
    else if (event.type === 'end') complete = true;
  }
  return { complete };
}

async function refusalOf(response: Response, lost: Refusal): Promise<Refusal> {
  try {
    const body: Partial<Refusal> = await response.json();
    return { message: body.message ?? lost.message, code: body.code ?? '', fields: body.fields ?? {} };
  } catch {
    return lost;
  }
}

async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<Shown<GenerationEvent>> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as Shown<GenerationEvent>;
  }
}
