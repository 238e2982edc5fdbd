/** One call to a platform is over after a minute; a request ends a little before, so that its own end is the one that is told. */
const LONGEST_MS = 58_000;
const MB = 1024 * 1024;

/** How long a request with so many bytes may take, in milliseconds: more for more, as a slow line needs it. */
export const sendingMs = (bytes: number): number =>
  Math.min(LONGEST_MS, 40_000 + Math.ceil(bytes / MB) * 2_000);
