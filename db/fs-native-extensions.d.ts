declare module 'fs-native-extensions' {
  /** Locks a range of an open file for this file handle; the kernel lets go when the handle or the process ends. False when another holds it. */
  export function tryLock(
    fd: number,
    offset?: number,
    length?: number,
    options?: { shared?: boolean },
  ): boolean;
}
