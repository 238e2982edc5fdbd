'use client';

import { createContext, type ReactNode, useContext } from 'react';
import type { Messages } from '@/i18n/message-types';

type Said<T> = { readonly [K in keyof T]: T[K] extends string ? string : Said<T[K]> };
export type Words = Said<Messages['frame']['everywhere']>;

const Frame = createContext<Words | null>(null);

/**
 * The few texts that client components of all pages need. The root layout passes them, because public pages have no catalogue in the
 * browser; its code would be too large for them.
 */
export function FrameWords({ words, children }: { words: Words; children: ReactNode }) {
  return <Frame value={words}>{children}</Frame>;
}

export const useFrameWords = (): Words | null => useContext(Frame);

/** One of the texts that forms need, also for server components. */
export function FormWord({ name }: { name: keyof Words['form'] }) {
  return useFrameWords()?.form[name];
}
