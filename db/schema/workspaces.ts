import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { OwnLimits } from '@/server/foundation/own-limits';
import { createdAt, factColumn, id, instant, minorUnits, workspaceId, zone } from './_columns';
import type { FollowUpRule } from './_follow-up-rule';
import { MEDIA_KINDS } from './_media';
import { tributary } from './_schema';
import { users } from './identity';

export const workspaces = tributary.table(
  'workspaces',
  {
    id: id(),
    name: text('name').notNull(),
    timeZone: zone('time_zone').notNull().default('UTC'),
    reportingCurrency: text('reporting_currency').notNull().default('USD'),
    plan: text('plan', { enum: ['free', 'pro', 'agency'] })
      .notNull()
      .default('free'),
    onboardingStep: text('onboarding_step', { enum: ['plan', 'platforms', 'topics', 'automation', 'done'] })
      .notNull()
      .default('plan'),
    isDemo: boolean('is_demo').notNull().default(false),
    /** Since when nothing is published from this workspace, by whom (an actor key), and why. */
    heldAt: instant('held_at'),
    heldBy: text('held_by'),
    heldFor: text('held_for', { enum: ['pause', 'stop', 'emergency'] }),
    createdAt: createdAt(),
  },
  (t) => [index('workspaces_held').on(t.id).where(sql`held_at is not null`)],
);
/** Foreign key from the workspace's tables. */
const workspaceRef = () => workspaceId().references(() => workspaces.id, { onDelete: 'cascade' });

export const members = tributary.table(
  'members',
  {
    workspaceId: workspaceRef(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text('role', { enum: ['owner', 'manager', 'operator', 'viewer'] }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.userId] }), index('members_user').on(t.userId)],
);

/** How and when a workspace posts. One row per workspace. */
export const postingSettings = tributary.table('posting_settings', {
  workspaceId: workspaceRef().primaryKey(),
  activeFrom: integer('active_from_minute')
    .notNull()
    .default(9 * 60),
  activeTo: integer('active_to_minute')
    .notNull()
    .default(21 * 60),
  postsPerDay: integer('posts_per_day').notNull().default(2),
  /** Minutes after midnight in the workspace's zone. */
  slots: jsonb('slots').$type<number[]>().notNull().default([]),
  /** Per cent by topic; sums to 100. */
  mix: jsonb('mix').$type<Record<string, number>>().notNull().default({}),
  /** Platform ids, most important first. */
  platformOrder: jsonb('platform_order').$type<string[]>().notNull().default([]),
  review: text('review', { enum: ['post_at_once', 'review_first'] })
    .notNull()
    .default('review_first'),
  approvalPolicy: text('approval_policy', { enum: ['approve', 'reject', 'keep'] })
    .notNull()
    .default('keep'),
  approvalHours: integer('approval_hours').notNull().default(24),
  /**
   * How to treat a post that became overdue while nothing was running. post: publish it if it is less than `missedMinutes` late, otherwise
   * ask the user; skip: do not publish it; ask: ask the user.
   */
  missedPolicy: text('missed_policy', { enum: ['post', 'skip', 'ask'] })
    .notNull()
    .default('post'),
  /** How late, in minutes, a post is still published automatically. */
  missedMinutes: integer('missed_minutes').notNull().default(120),
  /** The rule that applies when a post does well, unless the post has its own; null for none. */
  followUpRule: jsonb('follow_up_rule').$type<FollowUpRule>(),
  version: integer('version').notNull().default(1),
});

export const topics = tributary.table(
  'topics',
  {
    id: id(),
    workspaceId: workspaceRef(),
    slug: text('slug').notNull(),
    audience: text('audience').notNull(),
    tone: text('tone').notNull(),
    active: boolean('active').notNull().default(true),
    createdAt: createdAt(),
  },
  (t) => [unique('topics_tenant').on(t.workspaceId, t.id), unique('topics_slug').on(t.workspaceId, t.slug)],
);

/**
 * One sign-in at a platform: what a person allowed there. It covers one or more connections, which share its renewal and its end. Deleted
 * with the last connection or choice that uses it.
 */
export const grants = tributary.table(
  'grants',
  {
    id: id(),
    workspaceId: workspaceRef(),
    platform: text('platform').notNull(),
    environment: text('environment', { enum: ['live', 'sandbox'] }).notNull(),
    /** Base address of the server that was signed in to; empty for a platform with a single address. */
    server: text('server').notNull().default(''),
    /** The platform user who granted access, if the platform tells and ends access per user. */
    grantedBy: text('granted_by'),
    /** Name of the account that signed in, if it is one of those that the sign-in gives access to. */
    signedInAs: text('signed_in_as'),
    scopes: jsonb('scopes').$type<string[]>().notNull().default([]),
    /** The scopes that were requested. What is missing from `scopes` was withheld by the user. Empty if it is not known. */
    requested: jsonb('requested').$type<string[]>().notNull().default([]),
    /** Sealed JSON of the tokens, with context `grant:<id>` or `sealed_for`. Null if each account has a token of its own. */
    credentials: text('credentials'),
    /** The context under which the credentials were sealed, if they come from before there were grants; null once they are renewed. */
    sealedFor: text('sealed_for'),
    accessExpiresAt: instant('access_expires_at'),
    refreshExpiresAt: instant('refresh_expires_at'),
    /** Whether there is a refresh token among the credentials; null if that has not been looked up (from before this column). */
    renewable: boolean('renewable'),
    /** How many days before its end members were last told that they have to sign in again; null if they were not. */
    endingNotice: integer('ending_notice'),
    /** Lease token of the current refresh (db/leases.ts), so that two processes do not both use one rotating token. */
    refreshLeaseToken: text('refresh_lease_token'),
    refreshLeaseUntil: instant('refresh_lease_until'),
    /** Consecutive failures of the sweep to renew it, and when it tries again. Zero and null once it is renewed. */
    renewTries: integer('renew_tries').notNull().default(0),
    renewAfter: instant('renew_after'),
    /** When the platform reported that it has ended. Its credentials are not used again; a new sign-in replaces them. */
    endedAt: instant('ended_at'),
    createdBy: text('created_by'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('grants_tenant').on(t.workspaceId, t.id),
    index('grants_person').on(t.platform, t.grantedBy).where(sql`granted_by is not null`),
  ],
);

export const connections = tributary.table(
  'connections',
  {
    id: id(),
    workspaceId: workspaceRef(),
    platform: text('platform').notNull(),
    environment: text('environment', { enum: ['live', 'sandbox'] }).notNull(),
    /** Base address of the server that the account is on; empty for a platform with a single address. */
    server: text('server').notNull().default(''),
    status: text('status', { enum: ['active', 'needs_reconnect', 'disconnected'] }).notNull(),
    remoteId: text('remote_id').notNull(),
    remoteName: text('remote_name').notNull(),
    remoteUrl: text('remote_url'),
    /** Non-secret data that the connector needs, such as a shop id or a page id. */
    remote: jsonb('remote').$type<Record<string, string>>().notNull().default({}),
    /** The sign-in that gives access to it; null once it is disconnected. */
    grantId: text('grant_id'),
    /** Sealed JSON of the account's own token, with context `connection:<id>`; null if it uses the grant's. */
    credentials: text('credentials'),
    problem: factColumn('problem'),
    /** Limits of the account, or of its server, that differ from the platform's usual ones; null if none are known. */
    limits: jsonb('limits').$type<OwnLimits>(),
    /** When they were last read from the platform. */
    limitsAt: instant('limits_at'),
    createdBy: text('created_by'),
    createdAt: createdAt(),
    lastUsedAt: instant('last_used_at'),
  },
  (t) => [
    unique('connections_tenant').on(t.workspaceId, t.id),
    unique('connections_remote').on(t.workspaceId, t.platform, t.environment, t.server, t.remoteId),
    foreignKey({ columns: [t.workspaceId, t.grantId], foreignColumns: [grants.workspaceId, grants.id] }),
    index('connections_grant').on(t.workspaceId, t.grantId),
  ],
);

/** One pending sign-in at a platform. Single-use; keyed by the hash of the state. System-only, because the callback looks it up. */
export const oauthStates = tributary.table('oauth_states', {
  stateHash: text('state_hash').primaryKey(),
  forWorkspace: text('for_workspace')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' }),
  userId: text('user_id').notNull(),
  platform: text('platform').notNull(),
  environment: text('environment', { enum: ['live', 'sandbox'] }).notNull(),
  server: text('server').notNull().default(''),
  codeVerifier: text('code_verifier'),
  redirectUri: text('redirect_uri').notNull(),
  returnTo: text('return_to').notNull(),
  /** The scopes that are requested. */
  scopes: jsonb('scopes').$type<string[]>().notNull().default([]),
  /** The connection to renew; null to add a new one. */
  connectionId: text('connection_id'),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
});

/** This installation's registration as a client of a server that users named. System-only, because all workspaces share it. */
export const oauthClients = tributary.table(
  'oauth_clients',
  {
    platform: text('platform').notNull(),
    environment: text('environment', { enum: ['live', 'sandbox'] }).notNull(),
    server: text('server').notNull(),
    clientId: text('client_id').notNull(),
    /** Sealed, with context `client:<platform>:<environment>:<server>`. */
    clientSecret: text('client_secret').notNull(),
    /** The address that was registered. Users can only return to this one. */
    redirectUri: text('redirect_uri').notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.platform, t.environment, t.server] })],
);

/**
 * A sign-in that gave access to several accounts and waits for the member to choose which to connect. Deleted once it is answered,
 * dismissed or expired.
 */
export const connectionChoices = tributary.table(
  'connection_choices',
  {
    id: id(),
    workspaceId: workspaceRef(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    grantId: text('grant_id').notNull(),
    /** The public details of the accounts: `{ remoteId, name, url, remote }`. */
    accounts: jsonb('accounts').$type<ChoiceAccount[]>().notNull(),
    /** Sealed JSON of the tokens that accounts have of their own, with context `choice:<id>`; null if all use the grant's. */
    credentials: text('credentials'),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [
    foreignKey({ columns: [t.workspaceId, t.grantId], foreignColumns: [grants.workspaceId, grants.id] }),
    index('connection_choices_grant').on(t.workspaceId, t.grantId),
    index('connection_choices_member').on(t.workspaceId, t.userId),
    index('connection_choices_ends').on(t.expiresAt),
  ],
);
export interface ChoiceAccount {
  remoteId: string;
  name: string;
  url: string | null;
  remote: Record<string, string>;
}

/** The remaining quota of a rate limit as the platform reported it, shared by all processes. */
export const rateBuckets = tributary.table(
  'rate_buckets',
  {
    workspaceId: workspaceRef(),
    connectionId: text('connection_id').notNull(),
    bucket: text('bucket').notNull(),
    remaining: integer('remaining').notNull(),
    resetsAt: instant('resets_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.connectionId, t.bucket] }),
    foreignKey({
      columns: [t.workspaceId, t.connectionId],
      foreignColumns: [connections.workspaceId, connections.id],
    }).onDelete('cascade'),
  ],
);

/**
 * Our own count of the remaining quota of a platform's configured limits, shared by all processes. `scope` is a connection's id, or
 * `installation:<platform>:<environment>` for limits that all accounts of this installation share. System-only.
 */
export const quotaBuckets = tributary.table(
  'quota_buckets',
  {
    scope: text('scope').notNull(),
    bucket: text('bucket').notNull(),
    remaining: integer('remaining').notNull(),
    /** When the bucket is full again. */
    resetsAt: instant('resets_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.scope, t.bucket] })],
);

export const streams = tributary.table(
  'streams',
  {
    id: id(),
    workspaceId: workspaceRef(),
    name: text('name').notNull(),
    phase: text('phase', { enum: ['idea', 'setup', 'live', 'paused', 'ended'] })
      .notNull()
      .default('setup'),
    responsibleUserId: text('responsible_user_id').references(() => users.id, { onDelete: 'set null' }),
    connectionIds: jsonb('connection_ids').$type<string[]>().notNull().default([]),
    monthlyTarget: minorUnits('monthly_target').notNull().default(0),
    currency: text('currency').notNull(),
    createdAt: createdAt(),
  },
  (t) => [unique('streams_tenant').on(t.workspaceId, t.id)],
);

/** Uploaded and generated files. The file store holds the bytes under `storageKey`. */
export const files = tributary.table(
  'files',
  {
    id: id(),
    workspaceId: workspaceRef(),
    name: text('name').notNull(),
    mime: text('mime').notNull(),
    bytes: integer('bytes').notNull(),
    sha256: text('sha256').notNull(),
    storageKey: text('storage_key').notNull(),
    /** The kind of media, detected from the bytes; null if it cannot be posted. */
    kind: text('kind', { enum: MEDIA_KINDS }),
    width: integer('width'),
    height: integer('height'),
    durationMs: integer('duration_ms'),
    /** For GIFs. */
    frames: integer('frames'),
    /** For documents, if counted. */
    pages: integer('pages'),
    /** Key of a small still image of it in the file store; null for videos and for files that cannot be posted. */
    stillKey: text('still_key'),
    stillBytes: integer('still_bytes'),
    /** Since when the file has been unused; null while it is in use. Only for files that can be posted. */
    unusedSince: instant('unused_since'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('files_tenant').on(t.workspaceId, t.id),
    // Identical content is stored as one media file, even if it is uploaded twice concurrently.
    uniqueIndex('files_media_once').on(t.workspaceId, t.sha256).where(sql`kind is not null`),
    index('files_unused').on(t.workspaceId, t.unusedSince).where(sql`unused_since is not null`),
    // To check whether any workspace still uses a stored file's content.
    index('files_content').on(t.storageKey),
    index('files_still').on(t.stillKey).where(sql`still_key is not null`),
  ],
);

/**
 * A picture as it is sent to platforms that do not take the original: smaller, or of another type. Made once per file and limits, and
 * deleted with the file.
 */
export const fileVersions = tributary.table(
  'file_versions',
  {
    workspaceId: workspaceRef(),
    fileId: text('file_id').notNull(),
    /** Names the limits that it fits, and how it was made. */
    variant: text('variant').notNull(),
    storageKey: text('storage_key').notNull(),
    mime: text('mime').notNull(),
    bytes: integer('bytes').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.fileId, t.variant] }),
    foreignKey({
      columns: [t.workspaceId, t.fileId],
      foreignColumns: [files.workspaceId, files.id],
    }).onDelete('cascade'),
    index('file_versions_content').on(t.storageKey),
  ],
);

/** Whether an entry of the activity contains texts of a post, old or new. */
export const activityHasTexts = sql`(before ? 'texts' or after ? 'texts')`;

/** Recent events as facts; also the audit log. Written in the same transaction as the change. */
export const activity = tributary.table(
  'activity',
  {
    id: id(),
    workspaceId: workspaceRef(),
    at: instant('at').notNull(),
    actor: text('actor').notNull(),
    verb: text('verb').notNull(),
    subjectType: text('subject_type').notNull(),
    subjectId: text('subject_id').notNull(),
    summary: factColumn('summary').notNull(),
    /**
     * The values that changed, before and after; never a secret. Null if the summary is complete. The texts of a post are stored under
     * `texts` and nowhere else, because they are removed with the post (activity/clear-post-texts.ts).
     */
    before: jsonb('before').$type<Record<string, unknown>>(),
    after: jsonb('after').$type<Record<string, unknown>>(),
  },
  (t) => [
    index('activity_recent').on(t.workspaceId, t.at),
    index('activity_texts').on(t.workspaceId, t.subjectId).where(activityHasTexts),
  ],
);
