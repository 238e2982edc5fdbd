'use client';

import { useEffect, useSyncExternalStore } from 'react';

/** The products whose form on this page has unsaved changes, for the components next to the form. */
const unsaved = new Set<string>();
const listeners = new Set<() => void>();
const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Publishes whether a product's form has unsaved changes, while the form is mounted. */
export function useReportUnsaved(id: string | undefined, is: boolean): void {
  useEffect(() => {
    if (!id || !is) return;
    unsaved.add(id);
    for (const listener of listeners) listener();
    return () => {
      unsaved.delete(id);
      for (const listener of listeners) listener();
    };
  }, [id, is]);
}

export const useUnsaved = (id: string): boolean =>
  useSyncExternalStore(
    listen,
    () => unsaved.has(id),
    () => false,
  );
