export function needsOf(file: string): {
  database: boolean;
  ownServers: boolean;
  alone: boolean;
  publishes: boolean;
};
export function databasesOf(file: string): ('pglite' | 'pg' | 'neon')[];
export function projectOf(file: string): 'pure' | 'alone' | 'database' | 'database-alone';
export function smokeFiles(): string[];
export function testFiles(): string[];
