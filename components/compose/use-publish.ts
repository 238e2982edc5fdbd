'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { ruleOf } from '@/components/series/repeat-draft';
import { readAppError, type ShownError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { Post } from '@/components/trpc/outputs';
import { type Draft, toContent, toTargets, type VariantDraft } from './draft';

export type Busy = 'save' | Draft['when'] | null;

/** What the edit of a sent post additionally specifies: see `posts.update`. */
export interface EditScope {
  waiting: string[];
  from?: string | undefined;
}
/** Result of saving, with the outcome of an edit. */
export type Stored = Post & { changed?: number; sent?: number; asked?: boolean };

export interface Conflict {
  version: number;
  title: string;
  variants: {
    platform: string;
    text: string;
    link: string | null;
    parts?: VariantDraft['parts'];
    media?: VariantDraft['media'];
  }[];
}

/** Saves and sends. One press of a button is one operation with one idempotency key, however often it is retried. */
export function usePublish(onStored: (sent: Draft, post: Post) => void) {
  const t = useTranslations('compose');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const create = useMutation(trpc.posts.create.mutationOptions());
  const update = useMutation(trpc.posts.update.mutationOptions());
  const schedule = useMutation(trpc.publications.schedule.mutationOptions());
  const repeat = useMutation(trpc.planning.createSeries.mutationOptions());
  const [busy, setBusy] = useState<Busy>(null);
  const [error, setError] = useState<ShownError | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const locked = useRef(false);
  const stored = useRef<{ content: string; post: Post } | null>(null);
  const intention = useRef<{ about: string; key: string } | null>(null);

  async function store(
    draft: Draft,
    platforms: readonly string[],
    toLibrary: boolean,
    scope?: EditScope,
  ): Promise<Stored> {
    const content = toContent(draft, platforms, t);
    // Pending publications take the options that were chosen here, and keep their own otherwise.
    const options = Object.entries((scope && draft.options) ?? {}).map(([connectionId, values]) => ({
      connectionId,
      options: values,
    }));
    const now = JSON.stringify([draft.postId, content, options]);
    if (stored.current?.content === now && (!toLibrary || stored.current.post.status === 'library'))
      return stored.current.post;
    const status = toLibrary ? { status: 'library' as const } : {};
    const post: Stored =
      draft.postId && draft.version !== null
        ? await update.mutateAsync({
            id: draft.postId,
            version: draft.version,
            ...content,
            ...status,
            ...scope,
            ...(options.length > 0 ? { options } : {}),
          })
        : await create.mutateAsync({ ...content, ...status });
    onStored(draft, post);
    stored.current = { content: JSON.stringify([post.id, content, options]), post };
    return post;
  }

  async function attempt<T>(kind: NonNullable<Busy>, work: () => Promise<T>): Promise<T | null> {
    // State is updated too late for a double click; a ref is not.
    if (locked.current) return null;
    locked.current = true;
    setBusy(kind);
    setError(null);
    try {
      return await work();
    } catch (cause) {
      const shown = readAppError(cause);
      const newer = conflictOf(shown);
      if (newer) setConflict(newer);
      else setError(shown);
      return null;
    } finally {
      locked.current = false;
      setBusy(null);
      void queries.invalidateQueries({ queryKey: trpc.posts.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.publications.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.planning.pathKey() });
      void queries.invalidateQueries({ queryKey: trpc.todo.pathKey() });
    }
  }

  return {
    busy,
    error,
    setError,
    conflict,
    clearConflict: () => setConflict(null),
    save: (draft: Draft, platforms: readonly string[], scope?: EditScope) =>
      attempt('save', () => store(draft, platforms, !scope, scope)),
    /** `scope`: what an edit that is sent to further accounts changes in the pending publications. */
    send: (draft: Draft, platforms: readonly string[], connectionIds: string[], scope?: EditScope) =>
      attempt(draft.when, async () => {
        const about = JSON.stringify([
          toContent(draft, platforms, t),
          connectionIds,
          draft.options,
          draft.when,
          draft.local,
          draft.repeat,
          draft.followUpRule,
        ]);
        if (intention.current?.about !== about) intention.current = { about, key: newKey() };
        const post = await store(draft, platforms, false, scope);
        const wanted = {
          postId: post.id,
          version: post.version,
          targets: toTargets(draft, connectionIds),
          requestKey: intention.current.key,
        };
        if (draft.when === 'repeat') {
          const series = await repeat.mutateAsync({ ...wanted, ...ruleOf(draft.repeat) });
          intention.current = null;
          return { post, rows: [], series };
        }
        const when = {
          now: { kind: 'now' } as const,
          queue: { kind: 'next_slot' } as const,
          at: { kind: 'at', local: draft.local } as const,
        }[draft.when];
        const { followUpRule } = draft;
        const rows = await schedule.mutateAsync({
          ...wanted,
          when,
          ...(followUpRule === undefined ? {} : { followUpRule }),
        });
        intention.current = null;
        return { post, rows, series: null };
      }),
  };
}

/** Also works over plain HTTP, where `crypto.randomUUID` does not exist. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

function conflictOf(error: ShownError): Conflict | null {
  const { version, title, titleGiven, variants } = error.details;
  if (error.code !== 'conflict' || typeof version !== 'number' || typeof variants !== 'string') return null;
  try {
    return {
      version,
      title: titleGiven === false ? '' : String(title ?? ''),
      variants: JSON.parse(variants),
    };
  } catch {
    return null;
  }
}
