import type { ChildProcess } from 'node:child_process';

/** The folder of the checkout. */
export const root: string;
/** The path of a file in node_modules. */
export function bin(relative: string): string;
/** Node's arguments for the server. */
export const serverArgs: string[];
export function runServer(args: string[], env: NodeJS.ProcessEnv): ChildProcess;
export function waitForHealth(url: string, child: ChildProcess, seconds: number): Promise<boolean>;
