'use client';

import { useCallback, useState } from 'react';
import { toast } from '@/components/ui/toast';
import type { ResponseCode } from '@/server/foundation/errors';

/** The error of a failed call, ready for display. */
export interface ShownError {
  message: string;
  code: ResponseCode | undefined;
  /** Errors by the name of the input. */
  fields: Record<string, string>;
  details: Record<string, string | number | boolean>;
}

let unreachable = 'unreachable';
/**
 * Sets the message for a server that does not respond, in the user's language. The page provides it, because it could not be fetched then.
 */
export function setUnreachableMessage(words: string): void {
  unreachable = words;
}

/** Reads an error from the API; anything else counts as a failed connection. */
export function readAppError(error: unknown): ShownError {
  const { message, data } = (error ?? {}) as {
    message?: unknown;
    data?: {
      appCode?: ResponseCode;
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
 * Holds the error of a form or of an action of the page. `report` stores it for the form; if it names no field, it is also shown as a
 * toast, unless `toast: false`. Use as `useMutation(trpc.x.y.mutationOptions({ onError: report, onMutate: clear }))`.
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
