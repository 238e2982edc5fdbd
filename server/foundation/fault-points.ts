/**
 * Named points of the code, before and after each write and each network call, at which a test may end the process. They do
 * nothing until code installs a hook; no setting reaches them.
 */
let hook: ((name: string) => void) | undefined;

/** Tells the hook, if there is one, that the code has come to this point. */
export function faultPoint(name: string): void {
  if (hook) hook(name);
}

/** For tests: calls `next` at every point; undefined ends it. */
export function installFaultHook(next: ((name: string) => void) | undefined): void {
  hook = next;
}
