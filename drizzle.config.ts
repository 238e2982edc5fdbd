import { defineConfig } from 'drizzle-kit';

// The sandbox creates its own tables (server/sandbox/create-tables.ts).
export default defineConfig({
  dialect: 'postgresql',
  schema: ['./db/schema/index.ts', './inngest/embedded/schema.ts'],
  out: './db/migrations',
});
