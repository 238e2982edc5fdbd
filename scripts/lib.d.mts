import type { ChildProcess } from 'node:child_process';

/** The project's folder. */
export const root: string;
/** A file of an installed package. */
export function bin(relative: string): string;
/** True when the address answered 200 within so many seconds and the child lives. */
export function waitForHealth(url: string, child: ChildProcess, seconds: number): Promise<boolean>;
/** Node's arguments for the server. */
export const serverArgs: string[];
/** Starts Node with these arguments. `ended` answers its exit code, `asked` says whether a signal was passed on to it. */
export function runServer(
  args: string[],
  env: NodeJS.ProcessEnv,
): { child: ChildProcess; asked: boolean; ended: Promise<number> };
