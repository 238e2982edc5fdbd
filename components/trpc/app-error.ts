'use client';

import { useCallback, useState } from 'react';
import { toast } from '@/components/ui/toast';
import type { ErrorCode } from '@/server/foundation/errors';

/** A failed call, in words. */
export interface ShownError {
  message: string;
  code: ErrorCode | undefined;
  /** What is wrong with each input, by its name. */
  fields: Record<string, string>;
  details: Record<string, string | number | boolean>;
}

let unreachable = 'unreachable';
/** What is said where the server gave no answer, in the reader's language. The page brings it: then nothing can be asked for. */
export function sayUnreachable(words: string): void {
  unreachable = words;
}

/** Reads what the API says about an error; anything else is a connection that failed on its way. */
export function readAppError(error: unknown): ShownError {
  const { message, data } = (error ?? {}) as {
    message?: unknown;
    data?: {
      appCode?: ErrorCode;
      fields?: Record<string, string>;
      details?: Record<string, string | number | boolean>;
    } | null;
  };
  const answered = data !== undefined && data !== null;
  return {
    message: answered && typeof message === 'string' && message ? message : unreachable,
    code: data?.appCode,
    fields: data?.fields ?? {},
    details: data?.details ?? {},
  };
}

/**
 * The error of a form or a page's action. `report` keeps it for the form; when no field is named it also shows it as a toast, unless
 * `toast: false`. Use as `useMutation(trpc.x.y.mutationOptions({ onError: report, onMutate: clear }))`.
 */
export function useAppError(options: { toast?: boolean } = {}) {
  const [error, setError] = useState<ShownError | null>(null);
  const loud = options.toast ?? true;
  const report = useCallback(
    (cause: unknown) => {
      const shown = readAppError(cause);
      setError(shown);
      if (loud && Object.keys(shown.fields).length === 0) toast.error(shown.message);
      return shown;
    },
    [loud],
  );
  const clear = useCallback(() => setError(null), []);
  return { error, fields: error?.fields ?? {}, message: error?.message, report, clear };
}
