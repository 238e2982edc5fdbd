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
import { createdAt, factColumn, id, instant, minorUnits, workspaceId } from './_columns';
import type { FollowUpRule } from './_follow-up-rule';
import { MEDIA_KINDS } from './_media';
import { tributary } from './_schema';
import { users } from './identity';

export const workspaces = tributary.table(
  'workspaces',
  {
    id: id(),
    name: text('name').notNull(),
    timeZone: text('time_zone').notNull().default('UTC'),
    reportingCurrency: text('reporting_currency').notNull().default('USD'),
    plan: text('plan', { enum: ['free', 'pro', 'agency'] })
      .notNull()
      .default('free'),
    onboardingStep: text('onboarding_step', { enum: ['plan', 'platforms', 'topics', 'automation', 'done'] })
      .notNull()
      .default('plan'),
    isDemo: boolean('is_demo').notNull().default(false),
    /** Since when nothing leaves this workspace, by whom (an actor key), and why. */
    heldAt: instant('held_at'),
    heldBy: text('held_by'),
    heldFor: text('held_for', { enum: ['pause', 'stop', 'emergency'] }),
    createdAt: createdAt(),
  },
  (t) => [index('workspaces_held').on(t.id).where(sql`held_at is not null`)],
);
/** The workspace's own tables refer to it through here. */
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

/** How and when a workspace posts. One row a workspace. */
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
  /** Platform ids, the most important first. */
  platformOrder: jsonb('platform_order').$type<string[]>().notNull().default([]),
  review: text('review', { enum: ['post_at_once', 'review_first'] })
    .notNull()
    .default('review_first'),
  approvalPolicy: text('approval_policy', { enum: ['approve', 'reject', 'keep'] })
    .notNull()
    .default('keep'),
  approvalHours: integer('approval_hours').notNull().default(24),
  /**
   * What becomes of a post whose time passed while nothing ran. post: it goes out while it is less than `missedMinutes` late,
   * and a person is asked about anything later; skip: it does not go out; ask: a person is asked.
   */
  missedPolicy: text('missed_policy', { enum: ['post', 'skip', 'ask'] })
    .notNull()
    .default('post'),
  /** How late, in minutes, a post still goes out by itself. */
  missedMinutes: integer('missed_minutes').notNull().default(120),
  /** What follows when a post does well, unless the post says otherwise; null for nothing. */
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

export const connections = tributary.table(
  'connections',
  {
    id: id(),
    workspaceId: workspaceRef(),
    platform: text('platform').notNull(),
    environment: text('environment', { enum: ['live', 'sandbox'] }).notNull(),
    status: text('status', { enum: ['active', 'needs_reconnect', 'disconnected'] }).notNull(),
    remoteId: text('remote_id').notNull(),
    remoteName: text('remote_name').notNull(),
    remoteUrl: text('remote_url'),
    /** Facts that the connector needs and that are not secret, such as a shop id or a page id. */
    remote: jsonb('remote').$type<Record<string, string>>().notNull().default({}),
    scopes: jsonb('scopes').$type<string[]>().notNull().default([]),
    /** Who allowed it at the platform, where one permission opens several accounts and ends for all of them at once. */
    grantedBy: text('granted_by'),
    /** Sealed JSON of the tokens, context `connection:<id>`. */
    credentials: text('credentials'),
    accessExpiresAt: instant('access_expires_at'),
    refreshExpiresAt: instant('refresh_expires_at'),
    /** Who refreshes now (db/leases.ts), so that two processes do not spend one rotating token. */
    refreshLeaseToken: text('refresh_lease_token'),
    refreshLeaseUntil: instant('refresh_lease_until'),
    /** How often in a row the sweep could not renew it, and when it tries again. Zero and null once it is renewed. */
    renewTries: integer('renew_tries').notNull().default(0),
    renewAfter: instant('renew_after'),
    problem: factColumn('problem'),
    createdBy: text('created_by'),
    createdAt: createdAt(),
    lastUsedAt: instant('last_used_at'),
  },
  (t) => [
    unique('connections_tenant').on(t.workspaceId, t.id),
    unique('connections_remote').on(t.workspaceId, t.platform, t.environment, t.remoteId),
    index('connections_granted').on(t.platform, t.grantedBy).where(sql`granted_by is not null`),
  ],
);

/** One started sign-in at a platform. Used once; the state's hash is the key. System-only: the callback finds it. */
export const oauthStates = tributary.table('oauth_states', {
  stateHash: text('state_hash').primaryKey(),
  forWorkspace: text('for_workspace')
    .notNull()
    .references(() => workspaces.id, { onDelete: 'cascade' }),
  userId: text('user_id').notNull(),
  platform: text('platform').notNull(),
  environment: text('environment', { enum: ['live', 'sandbox'] }).notNull(),
  codeVerifier: text('code_verifier'),
  redirectUri: text('redirect_uri').notNull(),
  returnTo: text('return_to').notNull(),
  /** The connection that is to be renewed; null when one is to be added. */
  connectionId: text('connection_id'),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
});

/**
 * A sign-in that opened several accounts, and waits for its member to say which to connect. Gone as soon as it is answered,
 * given up or too old.
 */
export const connectionChoices = tributary.table(
  'connection_choices',
  {
    id: id(),
    workspaceId: workspaceRef(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    platform: text('platform').notNull(),
    environment: text('environment', { enum: ['live', 'sandbox'] }).notNull(),
    grantedBy: text('granted_by'),
    /** What people may see of the accounts: `{ remoteId, name, url, remote }`. */
    accounts: jsonb('accounts').$type<ChoiceAccount[]>().notNull(),
    scopes: jsonb('scopes').$type<string[]>().notNull().default([]),
    /** Sealed JSON of each account's tokens, context `choice:<id>`. */
    credentials: text('credentials').notNull(),
    createdAt: createdAt(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [
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

/** What a platform said is left of a limit, shared by all processes. */
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
 * What the plan of a platform's limits has left, shared by all processes. `scope` is a connection's id, or
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

/** Uploaded and generated files. The bytes live in the file store under `storageKey`. */
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
    /** What it is in a post, read from its bytes; null for what no post takes. */
    kind: text('kind', { enum: MEDIA_KINDS }),
    width: integer('width'),
    height: integer('height'),
    durationMs: integer('duration_ms'),
    /** Of a GIF. */
    frames: integer('frames'),
    /** A small picture of it that stands still, in the file store too; null for a video and for what no post takes. */
    stillKey: text('still_key'),
    stillBytes: integer('still_bytes'),
    /** Since when nothing was found that uses it; null while something does. Only of what a post takes. */
    unusedSince: instant('unused_since'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('files_tenant').on(t.workspaceId, t.id),
    // The same content is one file of posts, also when it is uploaded twice at once.
    uniqueIndex('files_media_once').on(t.workspaceId, t.sha256).where(sql`kind is not null`),
    index('files_unused').on(t.workspaceId, t.unusedSince).where(sql`unused_since is not null`),
    // Whether some row of any workspace needs a content.
    index('files_content').on(t.storageKey),
    index('files_still').on(t.stillKey).where(sql`still_key is not null`),
  ],
);

/** Of an entry of the activity: whether it holds what a post said or says. */
export const activityHasTexts = sql`(before ? 'texts' or after ? 'texts')`;

/** What just happened, in words; also the audit log. Written in the same transaction as the change. */
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
     * What changed, as it was and as it is; never a secret. Null where the summary says all. What a post says stands under `texts` and
     * nowhere else: it goes with the post (activity/clear-post-texts.ts).
     */
    before: jsonb('before').$type<Record<string, unknown>>(),
    after: jsonb('after').$type<Record<string, unknown>>(),
  },
  (t) => [
    index('activity_recent').on(t.workspaceId, t.at),
    index('activity_texts').on(t.workspaceId, t.subjectId).where(activityHasTexts),
  ],
);
