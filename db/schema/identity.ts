import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { createdAt, id, instant } from './_columns';
import { tributary } from './_schema';
import { EMAIL_STATES } from './states';

/** People. Not tenant tables: a person may be in several workspaces; only the system role reads these. */
export const users = tributary.table(
  'users',
  {
    id: id(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    passwordHash: text('password_hash').notNull(),
    emailVerifiedAt: instant('email_verified_at'),
    termsAcceptedAt: instant('terms_accepted_at').notNull(),
    /** The language of e-mails to them: what their browser asked for when they last signed in. */
    locale: text('locale').notNull().default('en'),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('users_email_unique').on(sql`lower(${t.email})`)],
);

/**
 * A browser in which a person has signed in before. Its signed cookie carries the id; as long as the row is neither expired nor revoked,
 * wrong passwords of others do not hold that browser up.
 */
export const devices = tributary.table(
  'devices',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    lastUsedAt: instant('last_used_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('devices_user').on(t.userId)],
);

/** A signed-in browser. The JWT carries its id; a revoked or expired row ends the session at once. */
export const sessions = tributary.table(
  'sessions',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    lastSeenAt: instant('last_seen_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
    userAgent: text('user_agent'),
    /** Where it was opened: ending the session forgets that browser too. */
    deviceId: text('device_id').references(() => devices.id, { onDelete: 'set null' }),
  },
  (t) => [index('sessions_user').on(t.userId)],
);

/**
 * A sign-in that waits for the code that was mailed. There is one for every guess too (`user_id` null): whoever asks cannot tell whether
 * the address is known and the password right.
 */
export const signInCodes = tributary.table(
  'sign_in_codes',
  {
    id: id(),
    userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** Hash of the secret in the cookie of the browser that began. */
    browserHash: text('browser_hash').notNull().unique(),
    /** Keyed hash of the code; empty when no code was mailed, so that none fits. */
    codeHash: text('code_hash').notNull(),
    /** Wrong codes since the last one was mailed. */
    attempts: integer('attempts').notNull().default(0),
    sends: integer('sends').notNull().default(1),
    sentAt: instant('sent_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
    createdAt: createdAt(),
  },
  (t) => [index('sign_in_codes_user').on(t.userId), index('sign_in_codes_expires').on(t.expiresAt)],
);

/** `user_id` is null for what was asked for at an address that nobody has: its row is written all the same, and opens nothing. */
export const emailTokens = tributary.table('email_tokens', {
  id: id(),
  userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
  purpose: text('purpose', { enum: ['verify', 'reset', 'change'] }).notNull(),
  /** For `change`: the address that the account gets. */
  newEmail: text('new_email'),
  tokenHash: text('token_hash').notNull().unique(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
  createdAt: createdAt(),
});

/**
 * Every e-mail, written in the transaction that causes it and sent afterwards. With no provider it stays here. `void`: to nobody, written
 * so that an answer costs the same for known and unknown addresses.
 */
export const emails = tributary.table(
  'emails',
  {
    id: id(),
    key: text('key').notNull().unique(),
    toAddress: text('to_address').notNull(),
    /** Rendered when it is sent. `props` is what the template says; empty once it was sent or given up: secrets are in it. */
    template: text('template').notNull(),
    props: jsonb('props').notNull().$type<object>(),
    /** The reader's language. */
    locale: text('locale').notNull().default('en'),
    status: text('status', { enum: EMAIL_STATES }).notNull().default('queued'),
    /** Also goes to an account whose address is not confirmed; such e-mails hold nothing that a person wrote. */
    toUnconfirmed: boolean('to_unconfirmed').notNull().default(false),
    attempts: integer('attempts').notNull().default(0),
    nextAttemptAt: instant('next_attempt_at'),
    providerId: text('provider_id'),
    error: text('error'),
    createdAt: createdAt(),
    sentAt: instant('sent_at'),
  },
  (t) => [index('emails_status').on(t.status, t.createdAt)],
);

/** Fixed-window counters for what strangers may do (sign in, register, reset), by a key that holds hashes only. */
export const throttles = tributary.table('throttles', {
  key: text('key').primaryKey(),
  count: integer('count').notNull(),
  resetsAt: instant('resets_at').notNull(),
});
