import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  unique,
} from 'drizzle-orm/pg-core';
import type { OptionValues } from '@/server/foundation/option-values';
import { createdAt, factColumn, id, instant, workspaceId, zone } from './_columns';
import { tributary } from './_schema';
import { approvals, posts, publications } from './publishing';
import { connections, topics, workspaces } from './workspaces';

const workspaceRef = () => workspaceId().references(() => workspaces.id, { onDelete: 'cascade' });

/**
 * A weekly time at which an account posts, in wall-clock time of the workspace's zone, so that it stays at its hour when the clocks change.
 * Without a topic it takes any post. The account's publications determine which slots are filled.
 */
export const postingSlots = tributary.table(
  'posting_slots',
  {
    id: id(),
    workspaceId: workspaceRef(),
    connectionId: text('connection_id').notNull(),
    topicId: text('topic_id'),
    /** 1 is Monday, 7 is Sunday (ISO 8601). */
    weekday: integer('weekday').notNull(),
    /** Minutes after midnight. */
    minute: integer('minute').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('posting_slots_tenant').on(t.workspaceId, t.id),
    unique('posting_slots_time').on(t.connectionId, t.weekday, t.minute),
    check('posting_slots_weekday', sql`${t.weekday} between 1 and 7`),
    check('posting_slots_minute', sql`${t.minute} between 0 and 1439`),
    foreignKey({
      columns: [t.workspaceId, t.connectionId],
      foreignColumns: [connections.workspaceId, connections.id],
    }).onDelete('cascade'),
    foreignKey({ columns: [t.workspaceId, t.topicId], foreignColumns: [topics.workspaceId, topics.id] }),
  ],
);

/** A post that is published repeatedly by a rule. Its occurrences are publications that are created some time ahead. */
export const series = tributary.table(
  'series',
  {
    id: id(),
    workspaceId: workspaceRef(),
    postId: text('post_id').notNull(),
    unit: text('unit', { enum: ['day', 'week', 'month'] }).notNull(),
    every: integer('every').notNull().default(1),
    /** For a weekly rule; 1 is Monday. */
    weekdays: jsonb('weekdays').$type<number[]>().notNull().default([]),
    /** For a monthly rule; a shorter month uses its last day. */
    monthDay: integer('month_day'),
    /** The first day that may have an occurrence, in `timeZone`. */
    startDay: date('start_day', { mode: 'string' }).notNull(),
    minute: integer('minute').notNull(),
    timeZone: zone('time_zone').notNull(),
    untilDay: date('until_day', { mode: 'string' }),
    count: integer('count'),
    state: text('state', { enum: ['active', 'ended'] })
      .notNull()
      .default('active'),
    /** One decision covers all occurrences, which share the same text. */
    approvalId: text('approval_id'),
    /**
     * The content that was decided about, by an approval or because a member who may decide chose or wrote it: hashes of the texts by
     * account, and the `revision` they belong to. Null before any decision.
     */
    decided: jsonb('decided').$type<{ revision: number; texts: Record<string, string> }>(),
    /** Incremented when occurrences are recreated with a newer text. */
    revision: integer('revision').notNull().default(1),
    version: integer('version').notNull().default(1),
    /** Why an occurrence could not be created. */
    problem: factColumn('problem'),
    requestKey: text('request_key').notNull(),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    unique('series_tenant').on(t.workspaceId, t.id),
    unique('series_request').on(t.workspaceId, t.requestKey),
    check('series_every', sql`${t.every} between 1 and 366`),
    foreignKey({
      columns: [t.workspaceId, t.postId],
      foreignColumns: [posts.workspaceId, posts.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.approvalId],
      foreignColumns: [approvals.workspaceId, approvals.id],
    }),
    index('series_active').on(t.workspaceId).where(sql`state = 'active'`),
    index('series_post').on(t.postId),
  ],
);

/** The accounts on which a series is published, with the options of each. */
export const seriesTargets = tributary.table(
  'series_targets',
  {
    workspaceId: workspaceRef(),
    seriesId: text('series_id').notNull(),
    connectionId: text('connection_id').notNull(),
    options: jsonb('options').$type<OptionValues>().notNull().default({}),
  },
  (t) => [
    primaryKey({ columns: [t.seriesId, t.connectionId] }),
    foreignKey({
      columns: [t.workspaceId, t.seriesId],
      foreignColumns: [series.workspaceId, series.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.connectionId],
      foreignColumns: [connections.workspaceId, connections.id],
    }).onDelete('cascade'),
  ],
);

/** One day of a series on one account, created once. A publication that a user cancelled or moved is not created again. */
export const seriesOccurrences = tributary.table(
  'series_occurrences',
  {
    workspaceId: workspaceRef(),
    seriesId: text('series_id').notNull(),
    connectionId: text('connection_id').notNull(),
    /** The day given by the rule, in the series' zone; the publication may have been moved to another. */
    day: date('day', { mode: 'string' }).notNull(),
    publicationId: text('publication_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.seriesId, t.connectionId, t.day] }),
    unique('series_occurrences_publication').on(t.publicationId),
    foreignKey({
      columns: [t.workspaceId, t.seriesId],
      foreignColumns: [series.workspaceId, series.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.publicationId],
      foreignColumns: [publications.workspaceId, publications.id],
    }).onDelete('cascade'),
  ],
);

/** A post that is put into free slots repeatedly, at least `gapDays` apart on one account. */
export const evergreenPosts = tributary.table(
  'evergreen_posts',
  {
    postId: text('post_id').primaryKey(),
    workspaceId: workspaceRef(),
    gapDays: integer('gap_days').notNull().default(30),
    paused: boolean('paused').notNull().default(false),
    /** Further wordings, by platform. They alternate with the post's own text. */
    wordings: jsonb('wordings').$type<Record<string, string[]>>().notNull().default({}),
    version: integer('version').notNull().default(1),
    /**
     * Actor key of the last editor of a platform's wordings, by platform. A missing platform means the member who marked the post as
     * evergreen.
     */
    wordingsBy: jsonb('wordings_by').$type<Record<string, string>>().notNull().default({}),
    /** The options with which it is recycled, by connection. An account that is missing keeps those with which it was last sent there. */
    options: jsonb('options').$type<Record<string, OptionValues>>().notNull().default({}),
    /** Actor key of the last editor of an account's options, by connection. */
    optionsBy: jsonb('options_by').$type<Record<string, string>>().notNull().default({}),
    createdBy: text('created_by').notNull(),
    /** Who resumed it after a pause; null: the member who marked the post as evergreen. */
    resumedBy: text('resumed_by'),
    createdAt: createdAt(),
  },
  (t) => [
    check('evergreen_posts_gap', sql`${t.gapDays} between 1 and 730`),
    foreignKey({
      columns: [t.workspaceId, t.postId],
      foreignColumns: [posts.workspaceId, posts.id],
    }).onDelete('cascade'),
    index('evergreen_posts_running').on(t.workspaceId).where(sql`not paused`),
  ],
);
