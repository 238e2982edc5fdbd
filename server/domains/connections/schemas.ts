import { z } from 'zod';
import { PLATFORM_IDS } from '@/server/connectors/kit/manifest';

export const platformSchema = z.enum(PLATFORM_IDS);
export const environmentSchema = z.enum(['live', 'sandbox']);

/** A path of this app: it starts with one slash and cannot be read as another site. */
export const returnToSchema = z
  .string()
  .max(500)
  .refine((path) => {
    if (!/^\/(?![/\\])[^\s\\]*$/.test(path)) return false;
    const url = URL.parse ? URL.parse(path, 'http://here.invalid') : new URL(path, 'http://here.invalid');
    return url?.origin === 'http://here.invalid';
  }, 'must be a page of this app');

export const startConnectionInput = z.object({
  platform: platformSchema,
  environment: environmentSchema.optional(),
  returnTo: returnToSchema,
  /** Renew this connection instead of adding one. */
  connectionId: z.string().max(64).optional(),
});
export const connectionIdInput = z.object({ id: z.string().min(1).max(64) });

export const connectionSchema = z.object({
  id: z.string(),
  platform: platformSchema,
  environment: environmentSchema,
  status: z.enum(['active', 'needs_reconnect', 'disconnected']),
  remoteName: z.string(),
  remoteUrl: z.string().nullable(),
  problem: z.string().nullable(),
  scopes: z.array(z.string()),
  accessExpiresAt: z.date().nullable(),
  /** When the person must connect again at the latest, as far as the platform says. */
  endsAt: z.date().nullable(),
  createdAt: z.date(),
  lastUsedAt: z.date().nullable(),
});
export type ConnectionView = z.output<typeof connectionSchema>;

export const availablePlatformSchema = z.object({
  id: platformSchema,
  name: z.string(),
  accountNoun: z.string(),
  summary: z.string(),
  capabilities: z.array(z.string()),
  /** `connectable`: go on; `upgrade`: the plan lacks it; `unavailable`: this installation cannot. */
  state: z.enum(['connectable', 'upgrade', 'unavailable']),
  why: z.string().nullable(),
  environments: z.array(environmentSchema),
});
export type AvailablePlatform = z.output<typeof availablePlatformSchema>;
