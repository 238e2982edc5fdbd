'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { GenerateInput, GenerationEvent } from '@/server/domains/generation/schemas';

export interface Writing {
  state: 'writing' | 'done' | 'failed';
  text: string;
  label: string | null;
  notices: string[];
  costMicros: number | null;
  error: string | null;
}
export interface Refusal {
  message: string;
  code: string;
  fields: Record<string, string>;
}

const begun: Writing = { state: 'writing', text: '', label: null, notices: [], costMicros: 0, error: null };

/** Asks for texts and follows them as they are written. Leaving the page or `stop` tells the models to stop. */
export function useGeneration(onText: (platform: string, text: string) => void) {
  const [writing, setWriting] = useState<Record<string, Writing>>({});
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const abort = useRef<AbortController | null>(null);
  const deliver = useRef(onText);
  deliver.current = onText;
  useEffect(() => () => abort.current?.abort(), []);

  const stop = useCallback(() => abort.current?.abort(), []);

  const start = useCallback(async (input: GenerateInput): Promise<boolean> => {
    abort.current?.abort();
    const controller = new AbortController();
    abort.current = controller;
    setBusy(true);
    setRefusal(null);
    setWriting({});
    let complete = false;
    const change = (platform: string, patch: (before: Writing) => Partial<Writing>) =>
      setWriting((all) => {
        const before = all[platform] ?? begun;
        return { ...all, [platform]: { ...before, ...patch(before) } };
      });
    try {
      const response = await fetch('/api/generate', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
        signal: controller.signal,
      });
      if (!response.ok || !response.body) {
        setRefusal(await refusalOf(response));
        return false;
      }
      for await (const event of readLines(response.body)) {
        if (event.type === 'start')
          setWriting(Object.fromEntries(event.platforms.map((platform) => [platform, begun])));
        else if (event.type === 'provider') change(event.variant, () => ({ label: event.label }));
        else if (event.type === 'delta')
          change(event.variant, (before) => ({ text: before.text + event.delta }));
        else if (event.type === 'notice')
          change(event.variant, (before) => ({ notices: [...before.notices, event.notice] }));
        else if (event.type === 'restart')
          change(event.variant, (before) => ({ text: '', notices: [...before.notices, event.notice] }));
        else if (event.type === 'done') {
          change(event.variant, () => ({ ...event, state: 'done' as const }));
          deliver.current(event.variant, event.text);
        } else if (event.type === 'error' && event.variant)
          change(event.variant, () => ({ state: 'failed', error: event.message }));
        else if (event.type === 'end') complete = true;
      }
      if (!complete) setRefusal({ ...LOST });
      return complete;
    } catch {
      if (!controller.signal.aborted) setRefusal({ ...LOST });
      return false;
    } finally {
      if (abort.current === controller) {
        setBusy(false);
        setWriting((all) =>
          Object.fromEntries(
            Object.entries(all).map(([platform, one]) => [
              platform,
              one.state === 'writing'
                ? { ...one, state: 'failed', error: 'Stopped before it was finished.' }
                : one,
            ]),
          ),
        );
      }
    }
  }, []);

  return { writing, busy, refusal, start, stop };
}

const LOST: Refusal = {
  message: 'The connection broke while the texts were written. What you had is still here; try again.',
  code: 'unavailable',
  fields: {},
};

async function refusalOf(response: Response): Promise<Refusal> {
  try {
    const body: Partial<Refusal> = await response.json();
    return { message: body.message ?? LOST.message, code: body.code ?? '', fields: body.fields ?? {} };
  } catch {
    return { ...LOST };
  }
}

async function* readLines(body: ReadableStream<Uint8Array>): AsyncGenerator<GenerationEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as GenerationEvent;
  }
}
