/**
 * Named points in the code, before and after each write and each network call, at which a test can end the process. They do nothing unless
 * code installs a hook; no setting can enable them.
 */
let hook: ((name: string) => void) | undefined;

/** Reports to the hook, if there is one, that the code has reached this point. */
export function faultPoint(name: string): void {
  if (hook) hook(name);
}

/** For tests: installs the hook that is called at every point. undefined removes it. */
export function installFaultHook(next: ((name: string) => void) | undefined): void {
  hook = next;
}
