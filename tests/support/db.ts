import { readFileSync } from 'node:fs';
import { inject } from 'vitest';
import { type Db, openDb } from '@/db/client';

/** A fresh, migrated embedded database in memory, from the template that the global set-up made. About 1 s. */
export async function freshDb(): Promise<Db> {
  const template = readFileSync(inject('templateDump'));
  return openDb({ loadDataDir: new Blob([template]) });
}

declare module 'vitest' {
  export interface ProvidedContext {
    templateDump: string;
  }
}
