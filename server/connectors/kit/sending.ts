/** A call to a platform is limited to one minute. A request times out slightly earlier, so that its own time-out is the one reported. */
const MAX_TIMEOUT_MS = 58_000;
const MB = 1024 * 1024;

/** Returns the time-out of a request with this many bytes, in milliseconds. It grows with the size to allow for slow connections. */
export const requestTimeoutMs = (bytes: number): number =>
  Math.min(MAX_TIMEOUT_MS, 40_000 + Math.ceil(bytes / MB) * 2_000);
