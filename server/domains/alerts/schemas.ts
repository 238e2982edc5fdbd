import { z } from 'zod';
import { factOutput } from '@/server/foundation/facts';
import { id, limit } from '@/server/foundation/inputs';

export const listAlertsInput = z
  .object({ resolved: z.boolean().default(false), limit: limit(200).default(50) })
  .prefault({});
export const alertIdInput = z.object({ id: id('alert') });
export const alertOutput = z.object({
  id: z.string(),
  key: z.string(),
  severity: z.enum(['info', 'warning', 'serious']),
  title: factOutput,
  body: factOutput,
  href: z.string().nullable(),
  resolved: z.boolean(),
  createdAt: z.date(),
  resolvedAt: z.date().nullable(),
});
export type Alert = z.output<typeof alertOutput>;
