import { z } from 'zod';
import { PLATFORM_IDS } from '@/server/connectors/kit/manifest';
import { asMessage, factOutput } from '@/server/foundation/facts';
import { id, localPath, token } from '@/server/foundation/inputs';

export const platformSchema = z.enum(PLATFORM_IDS);
export const environmentSchema = z.enum(['live', 'sandbox']);

export const returnToSchema = localPath(500);

export const startConnectionInput = z.object({
  platform: platformSchema,
  environment: environmentSchema.optional(),
  returnTo: returnToSchema,
  /** Renew this connection instead of adding one. */
  connectionId: id('connection').optional(),
});
export const connectionIdInput = z.object({ id: id('connection') });
export const choiceIdInput = z.object({ id: id('connectionChoice') });
export const chooseAccountsInput = z.object({
  id: id('connectionChoice'),
  remoteIds: z
    .array(token({ min: 1, max: 200 }))
    .min(1, asMessage('validation.connections.chooseOne'))
    .max(1_000),
});
export const disconnectedSchema = z.object({
  id: z.string(),
  access: z.enum(['ended', 'shared', 'by_hand', 'failed']),
  /** What became of our access at the platform. */
  message: factOutput,
  /** Where the person can end it, when we could not. */
  appsPage: z.url().nullable(),
});
export type Disconnected = z.output<typeof disconnectedSchema>;

export const connectionSchema = z.object({
  id: z.string(),
  platform: platformSchema,
  environment: environmentSchema,
  status: z.enum(['active', 'needs_reconnect', 'disconnected']),
  remoteName: z.string(),
  remoteUrl: z.string().nullable(),
  problem: factOutput.nullable(),
  /** What a disconnection cannot do at the platform, and where the person can. Null when it ends there too. */
  byHand: z.object({ where: factOutput, url: z.url() }).nullable(),
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
  summary: factOutput,
  capabilities: z.array(z.string()),
  /** `connectable`: go on; `upgrade`: the plan lacks it; `unavailable`: this installation cannot. */
  state: z.enum(['connectable', 'upgrade', 'unavailable']),
  why: factOutput.nullable(),
  environments: z.array(environmentSchema),
  /** What to do when a sign-in shows nothing to connect. */
  nothingToConnect: z
    .object({ title: factOutput, words: factOutput, label: factOutput, url: z.url() })
    .nullable(),
});
export type AvailablePlatform = z.output<typeof availablePlatformSchema>;

/** The accounts that a sign-in opened, waiting for their member's choice. No tokens. */
export const connectionChoiceSchema = z.object({
  id: z.string(),
  platform: platformSchema,
  environment: environmentSchema,
  expiresAt: z.date(),
  /** How many more connections the plan allows; null is no limit. */
  room: z.number().int().nonnegative().nullable(),
  accounts: z.array(
    z.object({
      remoteId: z.string(),
      name: z.string(),
      url: z.string().nullable(),
      /** Connected before, and renewed by this sign-in. */
      connected: z.boolean(),
    }),
  ),
});
export type ConnectionChoice = z.output<typeof connectionChoiceSchema>;
