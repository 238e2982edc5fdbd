import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { createdAt, id, instant } from './_columns';
import { tributary } from './_schema';
import { EMAIL_STATES } from './states';

/** User accounts. Not tenant tables, because a user may belong to several workspaces; only the system role has full access. */
export const users = tributary.table(
  'users',
  {
    id: id(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    passwordHash: text('password_hash').notNull(),
    emailVerifiedAt: instant('email_verified_at'),
    termsAcceptedAt: instant('terms_accepted_at').notNull(),
    /** Language of e-mails to the user, taken from their browser at the last sign-in. */
    locale: text('locale').notNull().default('en'),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('users_email_unique').on(sql`lower(${t.email})`)],
);

/**
 * A browser in which a user has signed in before. Its signed cookie contains the id. While the row is neither expired nor revoked, wrong
 * passwords entered elsewhere do not throttle this browser.
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

/** A signed-in browser. The JWT contains its id; revoking or expiring the row ends the session immediately. */
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
    /** The browser in which it was opened. Ending the session also forgets that browser. */
    deviceId: text('device_id').references(() => devices.id, { onDelete: 'set null' }),
  },
  (t) => [index('sessions_user').on(t.userId)],
);

/**
 * A sign-in that waits for the mailed code. Every failed attempt gets a row, too (`user_id` null), so that the caller cannot tell whether
 * the address is known and the password correct.
 */
export const signInCodes = tributary.table(
  'sign_in_codes',
  {
    id: id(),
    userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
    /** Hash of the secret in the cookie of the browser that started the sign-in. */
    browserHash: text('browser_hash').notNull().unique(),
    /** Keyed hash of the code; empty if no code was mailed, so that no code matches. */
    codeHash: text('code_hash').notNull(),
    /** Wrong codes entered since the last one was mailed. */
    attempts: integer('attempts').notNull().default(0),
    sends: integer('sends').notNull().default(1),
    sentAt: instant('sent_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    usedAt: instant('used_at'),
    createdAt: createdAt(),
  },
  (t) => [index('sign_in_codes_user').on(t.userId), index('sign_in_codes_expires').on(t.expiresAt)],
);

/** `user_id` is null for requests that name an unknown address. Their row is written anyway, but grants nothing. */
export const emailTokens = tributary.table('email_tokens', {
  id: id(),
  userId: text('user_id').references(() => users.id, { onDelete: 'cascade' }),
  purpose: text('purpose', { enum: ['verify', 'reset', 'change'] }).notNull(),
  /** For `change`: the account's new address. */
  newEmail: text('new_email'),
  tokenHash: text('token_hash').notNull().unique(),
  expiresAt: instant('expires_at').notNull(),
  usedAt: instant('used_at'),
  createdAt: createdAt(),
});

/**
 * Every e-mail, written in the transaction that causes it and sent afterwards. Without a provider it stays here. `void`: never sent,
 * written only so that a request does equal work for known and unknown addresses.
 */
export const emails = tributary.table(
  'emails',
  {
    id: id(),
    key: text('key').notNull().unique(),
    toAddress: text('to_address').notNull(),
    /**
     * Rendered when it is sent. `props` are the template's parameters; they are emptied once it is sent or given up, because they contain
     * secrets.
     */
    template: text('template').notNull(),
    props: jsonb('props').notNull().$type<object>(),
    /** The recipient's language. */
    locale: text('locale').notNull().default('en'),
    status: text('status', { enum: EMAIL_STATES }).notNull().default('queued'),
    /** Whether it is also sent to an account with an unconfirmed address; such e-mails contain no text written by users. */
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

/** Fixed-window counters for unauthenticated actions (sign in, register, reset). The keys contain only hashes. */
export const throttles = tributary.table('throttles', {
  key: text('key').primaryKey(),
  count: integer('count').notNull(),
  resetsAt: instant('resets_at').notNull(),
});
