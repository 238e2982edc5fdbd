import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './db/schema/index.ts',
    './server/sandbox/schema.ts',
    './server/sandbox/*/tables.ts',
    './inngest/embedded/schema.ts',
  ],
  out: './db/migrations',
});
