'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { GenerateInput } from '@/server/domains/generation/schemas';
import { LOST, type Refusal, type Writing } from './generation';

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
    const change = (platform: string, patch: (before: Writing) => Partial<Writing>) =>
      setWriting((all) => {
        const before = all[platform] ?? begun;
        return { ...all, [platform]: { ...before, ...patch(before) } };
      });
    try {
      // Loaded when somebody generates: most posts are written by hand.
      const { follow } = await import('./generation-stream');
      const answer = await follow(input, controller.signal, {
        starts: (platforms) => setWriting(Object.fromEntries(platforms.map((platform) => [platform, begun]))),
        changes: change,
        done: (platform, text) => deliver.current(platform, text),
      });
      if (answer.refusal) {
        setRefusal(answer.refusal);
        return false;
      }
      const { complete } = answer;
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
