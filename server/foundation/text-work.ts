import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as afterOthers } from 'node:timers/promises';

/**
 * Limits the work of one request on texts, over all calls of a batch. A check of texts reads them in steps, takes each step from this limit
 * and lets other requests go first.
 */
export interface TextWork {
  /** Takes the work on a number of characters and lets other requests go first. False if less is left. */
  take(characters: number): Promise<boolean>;
}

/** Maximum number of characters per request. Comparing a text takes about a microsecond for each. */
export const MAX_TEXT_WORK = 1_000_000;

export function newTextWork(most = MAX_TEXT_WORK): TextWork {
  let left = most;
  return {
    async take(characters) {
      if (characters > left) return false;
      left -= characters;
      await afterOthers();
      return true;
    },
  };
}

const current = new AsyncLocalStorage<TextWork>();

/** Runs the code that answers a request, whose calls share one limit. */
export const withTextWork = <T>(answer: () => T, work = newTextWork()): T => current.run(work, answer);

/** Returns the limit of the current request, or a new one for a call outside requests. */
export const textWork = (): TextWork => current.getStore() ?? newTextWork();
