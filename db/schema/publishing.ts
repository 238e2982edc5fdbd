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
import type { Fact } from '@/server/foundation/facts';
import type { OptionValues } from '@/server/foundation/option-values';
import { listed } from '../state-sql';
import { createdAt, factColumn, id, instant, searchKeyColumn, workspaceId, zone } from './_columns';
import type { FollowUpRule } from './_follow-up-rule';
import type { Media } from './_media';
import { tributary } from './_schema';
import {
  ACTION_STATES,
  APPROVAL_LISTS,
  APPROVAL_STATES,
  MEDIA_STATES,
  PUBLICATION_LISTS,
  PUBLICATION_STATES,
} from './states';
import { connections, files, topics, workspaces } from './workspaces';

/** A further text of a thread, or the first comment. It is published after the text it belongs to and attached to it. */
export interface Part {
  text: string;
  link?: string;
}

const workspaceRef = () => workspaceId().references(() => workspaces.id, { onDelete: 'cascade' });

export const posts = tributary.table(
  'posts',
  {
    id: id(),
    workspaceId: workspaceRef(),
    topicId: text('topic_id'),
    title: text('title').notNull(),
    /** false: the title was derived from the text, because the user gave none; an edit derives it again. */
    titleGiven: boolean('title_given').notNull().default(true),
    prompt: text('prompt'),
    /** draft: being written; library: saved for later use. The post's publications determine whether it is published. */
    status: text('status', { enum: ['draft', 'library'] })
      .notNull()
      .default('draft'),
    version: integer('version').notNull().default(1),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    searchKey: searchKeyColumn(sql`tributary.search_key(title)`),
  },
  (t) => [
    unique('posts_tenant').on(t.workspaceId, t.id),
    foreignKey({ columns: [t.workspaceId, t.topicId], foreignColumns: [topics.workspaceId, topics.id] }),
    index('posts_recent').on(t.workspaceId, t.updatedAt),
  ],
);

export const variants = tributary.table(
  'variants',
  {
    id: id(),
    workspaceId: workspaceRef(),
    postId: text('post_id').notNull(),
    platform: text('platform').notNull(),
    text: text('text').notNull(),
    link: text('link'),
    /** The further parts of a thread, or the first comment; the platform's manifest limits their number. */
    parts: jsonb('parts').$type<Part[]>().notNull().default([]),
    /** Its pictures, GIF or video, in display order. */
    media: jsonb('media').$type<Media[]>().notNull().default([]),
    version: integer('version').notNull().default(1),
    /** Actor key of the last editor of the content; null: the post's creator. */
    writtenBy: text('written_by'),
    createdAt: createdAt(),
    /** Of its text and of each part, between signs that no key contains. */
    searchKey: searchKeyColumn(sql`tributary.search_key(text) || tributary.search_key_of_parts(parts)`),
  },
  (t) => [
    unique('variants_tenant').on(t.workspaceId, t.id),
    unique('variants_platform').on(t.postId, t.platform),
    foreignKey({
      columns: [t.workspaceId, t.postId],
      foreignColumns: [posts.workspaceId, posts.id],
    }).onDelete('cascade'),
  ],
);

/** post: stands alone; reply: the next part of a thread, or a comment; repost: of the publication that it follows. */
export const PUBLICATION_KINDS = ['post', 'reply', 'repost'] as const;

/** One variant, due on one connection at one time. The publisher updates this row, which is authoritative. */
export const publications = tributary.table(
  'publications',
  {
    id: id(),
    workspaceId: workspaceRef(),
    postId: text('post_id').notNull(),
    variantId: text('variant_id').notNull(),
    connectionId: text('connection_id').notNull(),
    /**
     * The text that will be, or was, published. An edit of the variant changes it in the same transaction until sending starts
     * (`read-edit.ts`). Anything that shows scheduled or sent content reads it from here and not from the variant.
     */
    text: text('text').notNull(),
    link: text('link'),
    /**
     * The parts that follow this one, frozen like `text`. When it is published, the first part becomes a row of its own with the rest as
     * its parts (`db/parts.sql`); until then a post and its parts share one row.
     */
    parts: jsonb('parts').$type<Part[]>().notNull().default([]),
    kind: text('kind', { enum: PUBLICATION_KINDS }).notNull().default('post'),
    /** Its pictures, GIF or video, frozen like `text`. Each has a row in `publication_media` (`db/media.sql`). */
    media: jsonb('media').$type<Media[]>().notNull().default([]),
    /** What the platform takes besides the text (`face.options`), frozen like `text`. */
    options: jsonb('options').$type<OptionValues>().notNull().default({}),
    /**
     * Until when all of `media` can be used on the platform; null for a post without media. A time in the past (initially 1970) means that
     * they must be uploaded before the post can start.
     */
    mediaUntil: instant('media_until'),
    /**
     * Whether its platform takes `media` before the post. Otherwise the post does not wait for it: the files are sent or fetched when the
     * post is, so `media_until` is far in the future.
     */
    mediaAhead: boolean('media_ahead').notNull().default(true),
    /** The publication that this one replies to, comments on or reposts. */
    followsId: text('follows_id'),
    dueAt: instant('due_at').notNull(),
    /** The wall-clock time that the user chose, `YYYY-MM-DDTHH:mm`, in `timeZone`. */
    localTime: text('local_time').notNull(),
    timeZone: zone('time_zone').notNull(),
    state: text('state', { enum: PUBLICATION_STATES }).notNull(),
    /** Incremented by every edit, reschedule and cancel; a claim made for another version is void. */
    version: integer('version').notNull().default(1),
    claimToken: text('claim_token'),
    /** End of the publisher's current or last claim on the row. Lateness is measured from here. */
    claimedUntil: instant('claimed_until'),
    /** Searched for on the platform when the outcome of an attempt is unknown. */
    marker: text('marker').notNull(),
    attempts: integer('attempts').notNull().default(0),
    retryAt: instant('retry_at'),
    remoteId: text('remote_id'),
    permalink: text('permalink'),
    publishedAt: instant('published_at'),
    problem: factColumn('problem'),
    /** Idempotency key, so that a double click creates only one row. */
    requestKey: text('request_key').notNull(),
    /** The approval that this row waits for or was published under. */
    approvalId: text('approval_id'),
    /** The rule that applies when it does well; null for none. Its outcome is stored in `publication_results`. */
    followUpRule: jsonb('follow_up_rule').$type<FollowUpRule>(),
    /** The stop that cancelled it, or the open question about it; and its state before that. */
    setAsideBy: text('set_aside_by'),
    setAsideFrom: text('set_aside_from', { enum: PUBLICATION_LISTS.setAside }),
    createdBy: text('created_by').notNull(),
    createdAt: createdAt(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    /** Of the text that was sent; null before. */
    searchKey: searchKeyColumn(sql`case when state = 'published' then tributary.search_key(text) end`),
  },
  (t) => [
    unique('publications_tenant').on(t.workspaceId, t.id),
    unique('publications_request').on(t.workspaceId, t.requestKey),
    foreignKey({ columns: [t.workspaceId, t.postId], foreignColumns: [posts.workspaceId, posts.id] }),
    foreignKey({
      columns: [t.workspaceId, t.variantId],
      foreignColumns: [variants.workspaceId, variants.id],
    }),
    foreignKey({
      columns: [t.workspaceId, t.connectionId],
      foreignColumns: [connections.workspaceId, connections.id],
    }),
    foreignKey({ columns: [t.workspaceId, t.followsId], foreignColumns: [t.workspaceId, t.id] }),
    // Due rows, with all columns that determine lateness, so that the sweep finds late rows by the index alone.
    index('publications_due')
      .on(t.dueAt, t.workspaceId, t.retryAt, t.claimedUntil)
      .where(sql`state = 'scheduled'`),
    // Rows that were claimed or postponed before and are scheduled again, ordered by when the publisher last held them or may retry.
    index('publications_again')
      .on(sql`greatest(due_at, retry_at, claimed_until)`)
      .where(sql`state = 'scheduled' and (retry_at is not null or claimed_until is not null)`),
    index('publications_in_flight')
      .on(t.claimedUntil)
      .where(sql`state in ${listed(PUBLICATION_LISTS.inHand)}`),
    // Each connection's lane, in order. At most one publication of a lane is being sent.
    index('publications_lane')
      .on(t.connectionId, t.dueAt, t.id)
      .where(sql`state in ${listed(PUBLICATION_LISTS.lane)}`),
    // A connection's publications that are published, possibly published or awaiting approval, by time: for the warnings before scheduling.
    index('publications_history')
      .on(t.connectionId, sql`coalesce(published_at, due_at)`)
      .where(sql`state in ${listed(PUBLICATION_LISTS.history)}`),
    uniqueIndex('publications_sending').on(t.connectionId).where(sql`state = 'publishing'`),
    index('publications_calendar').on(t.workspaceId, t.dueAt),
    index('publications_ahead')
      .on(t.workspaceId, t.dueAt, t.id)
      .where(sql`state in ${listed(PUBLICATION_LISTS.ahead)}`),
    // Recently changed rows, for pages that show live updates.
    index('publications_changed').on(t.workspaceId, t.updatedAt),
    index('publications_post').on(t.postId),
    index('publications_follows').on(t.followsId).where(sql`follows_id is not null`),
    index('publications_approval').on(t.approvalId).where(sql`approval_id is not null`),
    index('publications_set_aside').on(t.setAsideBy).where(sql`set_aside_by is not null`),
    // Publications with media to upload ahead of time. Posts without media are not included.
    index('publications_media')
      .on(t.dueAt)
      .where(sql`media_until is not null and state in ${listed(PUBLICATION_LISTS.unsent)}`),
    index('publications_remote').on(t.connectionId, t.remoteId).where(sql`remote_id is not null`),
  ],
);

/**
 * One picture, GIF or video of a publication on its way to the platform. An upload has no public effect, so it does not count as an attempt
 * of the post and may be repeated. The row records its progress, so that another worker can continue from there.
 */
export const publicationMedia = tributary.table(
  'publication_media',
  {
    workspaceId: workspaceRef(),
    publicationId: text('publication_id').notNull(),
    /** Position in the post, starting at 0. */
    position: integer('position').notNull(),
    fileId: text('file_id').notNull(),
    state: text('state', { enum: MEDIA_STATES }).notNull().default('waiting'),
    bytesSent: integer('bytes_sent').notNull().default(0),
    /** Processing progress in per cent, if the platform reports it. */
    percent: integer('percent'),
    /** The connector's own state for resuming the upload; opaque to everything else. */
    progress: jsonb('progress'),
    /** Its id on the platform, and until when the platform keeps it available for a post. */
    remoteId: text('remote_id'),
    expiresAt: instant('expires_at'),
    /** Not to be processed before: the platform requested a pause, or the last attempt failed. */
    checkAt: instant('check_at'),
    /** Failures since the last progress; and the number of times the platform required a restart. */
    failures: integer('failures').notNull().default(0),
    restarts: integer('restarts').notNull().default(0),
    problem: factColumn('problem'),
    /** When the first worker started on it; the time that a post waits for it is measured from here. */
    startedAt: instant('started_at'),
    leaseToken: text('lease_token'),
    leaseUntil: instant('lease_until'),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.publicationId, t.position] }),
    foreignKey({
      columns: [t.workspaceId, t.publicationId],
      foreignColumns: [publications.workspaceId, publications.id],
    }).onDelete('cascade'),
    // Prevents deletion of a file that a publication uses.
    foreignKey({ columns: [t.workspaceId, t.fileId], foreignColumns: [files.workspaceId, files.id] }),
    index('publication_media_file').on(t.fileId),
  ],
);

/** Written before the network call and settled after it. A row without an outcome is a call with an unknown outcome. */
export const publicationAttempts = tributary.table(
  'publication_attempts',
  {
    id: id(),
    workspaceId: workspaceRef(),
    publicationId: text('publication_id').notNull(),
    number: integer('number').notNull(),
    kind: text('kind', { enum: ['publish', 'lookup'] })
      .notNull()
      .default('publish'),
    startedAt: instant('started_at').notNull(),
    finishedAt: instant('finished_at'),
    outcome: text('outcome', {
      enum: [
        'published',
        'handed_over',
        'absent',
        'reauth',
        'rejected',
        'rate_limited',
        'transient',
        'unknown_outcome',
      ],
    }),
    message: factColumn('message'),
    /** Idempotency key of the request, on platforms that support one. */
    key: text('key'),
  },
  (t) => [
    unique('attempts_number').on(t.publicationId, t.number),
    foreignKey({
      columns: [t.workspaceId, t.publicationId],
      foreignColumns: [publications.workspaceId, publications.id],
    }).onDelete('cascade'),
  ],
);

/** One clearing of the queue. Undoing it restores the publications that it cancelled. */
export const postingStops = tributary.table(
  'posting_stops',
  {
    id: id(),
    workspaceId: workspaceRef(),
    stoppedBy: text('stopped_by').notNull(),
    stoppedAt: instant('stopped_at').notNull(),
    /** Whether posting was active before; undoing resumes it. */
    wasRunning: boolean('was_running').notNull(),
    count: integer('count').notNull(),
    undoneAt: instant('undone_at'),
  },
  (t) => [index('posting_stops_recent').on(t.workspaceId, t.stoppedAt)],
);

/** One use of a language model (or of the offline drafter), with its cost in millionths of a US dollar. */
export const generations = tributary.table(
  'generations',
  {
    id: id(),
    workspaceId: workspaceRef(),
    postId: text('post_id'),
    platform: text('platform'),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    inputTokens: integer('input_tokens').notNull().default(0),
    outputTokens: integer('output_tokens').notNull().default(0),
    costMicros: integer('cost_micros').notNull().default(0),
    outcome: text('outcome', { enum: ['completed', 'failed', 'cancelled'] }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [index('generations_recent').on(t.workspaceId, t.createdAt)],
);

/** A decision requested from an owner. It is made once, by compare-and-set on the row's state. */
export const approvals = tributary.table(
  'approvals',
  {
    id: id(),
    workspaceId: workspaceRef(),
    subjectType: text('subject_type', { enum: ['post'] }).notNull(),
    subjectId: text('subject_id').notNull(),
    title: text('title').notNull(),
    state: text('state', { enum: APPROVAL_STATES }).notNull().default('open'),
    policy: text('policy', { enum: ['approve', 'reject', 'keep'] }).notNull(),
    deadlineAt: instant('deadline_at').notNull(),
    decidedAt: instant('decided_at'),
    decidedBy: text('decided_by'),
    decidedVia: text('decided_via', { enum: ['app', 'link', 'deadline'] }),
    note: text('note'),
    /** The approval that replaced this one because its subject was edited. A decision covers only the content that it showed. */
    replacedBy: text('replaced_by'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('approvals_tenant').on(t.workspaceId, t.id),
    index('approvals_deadline').on(t.deadlineAt).where(sql`state = 'open'`),
    index('approvals_subject').on(t.workspaceId, t.subjectId),
    index('approvals_waiting')
      .on(t.workspaceId, t.deadlineAt)
      .where(sql`state in ${listed(APPROVAL_LISTS.undecided)}`),
  ],
);

/** A task that only a user can complete. */
export const actions = tributary.table(
  'actions',
  {
    id: id(),
    workspaceId: workspaceRef(),
    kind: text('kind').notNull(),
    subjectType: text('subject_type').notNull(),
    subjectId: text('subject_id').notNull(),
    title: factColumn('title').notNull(),
    prompt: factColumn('prompt').notNull(),
    choices: jsonb('choices').$type<{ value: string; label: Fact }[]>().notNull().default([]),
    deadlineAt: instant('deadline_at'),
    state: text('state', { enum: ACTION_STATES }).notNull().default('open'),
    answer: text('answer'),
    doneBy: text('done_by'),
    doneAt: instant('done_at'),
    createdAt: createdAt(),
  },
  (t) => [
    unique('actions_tenant').on(t.workspaceId, t.id),
    index('actions_open').on(t.workspaceId, t.state),
    uniqueIndex('actions_once').on(t.workspaceId, t.kind, t.subjectId).where(sql`state = 'open'`),
  ],
);

/** A problem that a user should know about. At most one open alert per key. */
export const alerts = tributary.table(
  'alerts',
  {
    id: id(),
    workspaceId: workspaceRef(),
    key: text('key').notNull(),
    severity: text('severity', { enum: ['info', 'warning', 'serious'] }).notNull(),
    title: factColumn('title').notNull(),
    body: factColumn('body').notNull(),
    href: text('href'),
    resolved: boolean('resolved').notNull().default(false),
    createdAt: createdAt(),
    resolvedAt: instant('resolved_at'),
  },
  (t) => [
    index('alerts_open').on(t.workspaceId, t.resolved),
    index('alerts_ended').on(t.workspaceId, t.resolvedAt).where(sql`resolved`),
    uniqueIndex('alerts_once').on(t.workspaceId, t.key).where(sql`not resolved`),
  ],
);
