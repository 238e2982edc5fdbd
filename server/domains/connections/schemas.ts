import { z } from 'zod';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';
import { asMessage, factOutput } from '@/server/foundation/facts';
import { id, line, localPath, token } from '@/server/foundation/inputs';
import { ownLimitsOutput } from './own-limits-schema';

export const platformSchema = z.enum(PLATFORM_IDS);
export const environmentSchema = z.enum(['live', 'sandbox']);

export const returnToSchema = localPath(500);

/** What a user may type as the address of a server. */
const serverSchema = line({ max: 300 });

export const startConnectionInput = z.object({
  platform: platformSchema,
  environment: environmentSchema.optional(),
  /** Address of the server, if the platform asks for one. */
  server: serverSchema.optional(),
  returnTo: returnToSchema,
  /** Renew this connection instead of adding one. */
  connectionId: id('connection').optional(),
});
export const signInInput = z.object({
  platform: platformSchema,
  environment: environmentSchema.optional(),
  server: serverSchema.optional(),
  connectionId: id('connection').optional(),
  /** By the ids of the fields that the platform declares. */
  values: z.record(token({ min: 1, max: 50 }), token({ max: 5_000 })),
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
  /** Outcome of revoking our access at the platform. */
  message: factOutput,
  /** Page on which the user can revoke the access if we could not. */
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
  /** Where the user has to revoke the access at the platform; null if disconnecting does that too. */
  byHand: z.object({ where: factOutput, url: z.url() }).nullable(),
  /** Its own limits, or those of its server, where they differ from the platform's. */
  limits: ownLimitsOutput.nullable(),
  /** What it may do with the scopes that were granted. */
  capabilities: z.array(z.string()),
  /** What it could do with further access, and whether the user withheld that, so that signing in again can give it. */
  missing: z.array(z.object({ words: factOutput, withheld: z.boolean() })),
  /** The sign-in that it shares with other connections, if one is stored. */
  grant: z
    .object({
      id: z.string(),
      /** Name of the account that signed in, if it is known. */
      signedInAs: z.string().nullable(),
      /** Whether the platform can list further accounts without another sign-in (`connections.more`). */
      listsMore: z.boolean(),
    })
    .nullable(),
  /** Whether posts to it have options besides the text (`connections.options`). */
  hasOptions: z.boolean(),
  /** When the user has to sign in again, because it cannot be renewed; null if that is never or not known. */
  endsAt: z.date().nullable(),
  /** Number of posts that are due after that. */
  postsAfterEnd: z.number().int().nonnegative(),
  /** When it ends if it cannot be renewed until then. */
  lapsesAt: z.date().nullable(),
  createdAt: z.date(),
  lastUsedAt: z.date().nullable(),
  /** Time of the last successful sync of its sales, if they can no longer be read. */
  feedStuckSince: z.date().nullable(),
  /** How soon changes at the platform show here; null if the platform reports none by itself. */
  updates: factOutput.nullable(),
});
export type ConnectionView = z.output<typeof connectionSchema>;

export const availablePlatformSchema = z.object({
  id: platformSchema,
  name: z.string(),
  accountNoun: z.string(),
  summary: factOutput,
  capabilities: z.array(z.string()),
  /** `connectable`: can be connected; `upgrade`: not in the plan; `unavailable`: not set up in this installation. */
  state: z.enum(['connectable', 'upgrade', 'unavailable']),
  why: factOutput.nullable(),
  environments: z.array(environmentSchema),
  /** How users sign in. */
  signIn: z.object({
    /** At the platform, which returns them; otherwise they enter `fields` here. */
    redirects: z.boolean(),
    fields: z.array(
      z.object({
        id: z.string(),
        label: factOutput,
        help: factOutput,
        secret: z.boolean(),
        maxLength: z.number(),
        example: z.string().nullable(),
      }),
    ),
    /** The server that users name first, if the platform is not one site. `usual` is already filled in, or empty. */
    server: z
      .object({ label: factOutput, help: factOutput, example: z.string(), usual: z.string() })
      .nullable(),
    /** Where users get what they enter, by environment. `where` completes "in your …". */
    pages: z.array(z.object({ environment: environmentSchema, url: z.url(), where: factOutput })),
  }),
  /** What to do if a sign-in finds nothing to connect. */
  nothingToConnect: z
    .object({ title: factOutput, words: factOutput, label: factOutput, url: z.url() })
    .nullable(),
});
export type AvailablePlatform = z.output<typeof availablePlatformSchema>;

/** Accounts found by a sign-in, waiting for the member's choice. Contains no tokens. */
export const connectionChoiceSchema = z.object({
  id: z.string(),
  platform: platformSchema,
  environment: environmentSchema,
  expiresAt: z.date(),
  /** Number of further connections that the plan allows; null means no limit. */
  room: z.number().int().nonnegative().nullable(),
  accounts: z.array(
    z.object({
      remoteId: z.string(),
      name: z.string(),
      url: z.string().nullable(),
      /** Already connected, and renewed by this sign-in. */
      connected: z.boolean(),
    }),
  ),
});
export type ConnectionChoice = z.output<typeof connectionChoiceSchema>;
