import type { Chosen } from '../new-platform.mjs';

export interface Given {
  id: string;
  name: string;
  kind?: string;
  auth?: string;
  media?: string;
  /** Separated by commas. */
  capabilities?: string;
  server?: boolean;
}
export function capabilities(): string[];
export function complete(
  given: Given,
): { chosen: Chosen; problems?: undefined } | { chosen?: undefined; problems: string[] };
