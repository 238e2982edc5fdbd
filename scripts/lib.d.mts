import type { ChildProcess } from 'node:child_process';

/** The project's root folder. */
export const root: string;
/** Returns the path of a file of an installed package. */
export function bin(relative: string): string;
/** Resolves to true if the address responds with 200 within `seconds` while the child is running. */
export function waitForHealth(url: string, child: ChildProcess, seconds: number): Promise<boolean>;
/** Node's command-line arguments for the server. */
export const serverArgs: string[];
/** Settings of the C library's allocator for the server. */
export const allocatorEnv: Readonly<Record<string, string>>;
/** Starts Node with `args`. `ended` resolves to its exit code; `asked` is whether a signal was passed on to it. */
export function runServer(
  args: string[],
  env: NodeJS.ProcessEnv,
): { child: ChildProcess; asked: boolean; ended: Promise<number> };
