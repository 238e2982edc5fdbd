declare module 'fs-native-extensions' {
  /**
   * Locks a range of an open file for this file handle; the kernel releases it when the handle or the process closes. Returns false if
   * another handle holds it.
   */
  export function tryLock(
    fd: number,
    offset?: number,
    length?: number,
    options?: { shared?: boolean },
  ): boolean;
}
