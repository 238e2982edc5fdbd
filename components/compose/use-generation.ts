'use client';

import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { GenerateInput } from '@/server/domains/generation/schemas';
import type { Refusal, Writing } from './generation';

const begun: Writing = {
  state: 'writing',
  text: '',
  provider: null,
  label: null,
  notices: [],
  costMicros: 0,
  error: null,
};

/** Requests texts and follows their generation. Leaving the page or calling `stop` stops the models. */
export function useGeneration(onText: (platform: string, text: string) => void) {
  const t = useTranslations('compose.generation');
  const [writing, setWriting] = useState<Record<string, Writing>>({});
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const abort = useRef<AbortController | null>(null);
  const deliver = useRef(onText);
  deliver.current = onText;
  useEffect(() => () => abort.current?.abort(), []);

  const stop = useCallback(() => abort.current?.abort(), []);

  const start = useCallback(
    async (input: GenerateInput): Promise<boolean> => {
      const lost: Refusal = { message: t('lost'), code: 'unavailable', fields: {} };
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
        // Loaded on demand, because most posts are written by hand.
        const { follow } = await import('./generation-stream');
        const answer = await follow(
          input,
          controller.signal,
          {
            starts: (platforms) =>
              setWriting(Object.fromEntries(platforms.map((platform) => [platform, begun]))),
            changes: change,
            done: (platform, text) => deliver.current(platform, text),
          },
          lost,
        );
        if (answer.refusal) {
          setRefusal(answer.refusal);
          return false;
        }
        const { complete } = answer;
        if (!complete) setRefusal(lost);
        return complete;
      } catch {
        if (!controller.signal.aborted) setRefusal(lost);
        return false;
      } finally {
        if (abort.current === controller) {
          setBusy(false);
          setWriting((all) =>
            Object.fromEntries(
              Object.entries(all).map(([platform, one]) => [
                platform,
                one.state === 'writing' ? { ...one, state: 'failed', error: t('stopped') } : one,
              ]),
            ),
          );
        }
      }
    },
    [t],
  );

  return { writing, busy, refusal, start, stop };
}
