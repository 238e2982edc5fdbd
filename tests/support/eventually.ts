import { vi } from 'vitest';

/** Repeats a check until it throws no more, for up to 30 seconds: a loaded machine may need more than Vitest's one second. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 30_000 });
