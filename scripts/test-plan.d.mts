export const SMOKE: readonly string[];
export function databasesOf(file: string): ('pglite' | 'pg' | 'neon')[];
export function testFiles(): string[];
