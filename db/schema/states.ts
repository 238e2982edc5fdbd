/**
 * The states of rows that are state machines, the transitions of a publication, and the lists of states that statements query. SQL, in
 * db/*.sql and in TypeScript, takes its lists from here (db/state-sql.ts); a test rejects hand-written lists.
 */
export const PUBLICATION_STATES = [
  'draft',
  'awaiting_approval',
  'scheduled',
  'queued',
  'publishing',
  'handed_over',
  'published',
  'failed',
  'unknown',
  'cancelled',
] as const;
export type PublicationState = (typeof PUBLICATION_STATES)[number];

/**
 * What guards a transition. `version`: a user acts on the version that they saw. `token`: the holder of the claim acts. `fact`: an event
 * decides, and the row's lock determines the order.
 */
type Guard = 'version' | 'token' | 'fact';
export interface Step {
  readonly from: readonly PublicationState[];
  readonly to: PublicationState;
  readonly guard: Guard;
  /** Voids every earlier claim: the version is incremented and the token cleared. */
  readonly bumps?: true;
}

const WAITING = ['draft', 'awaiting_approval', 'scheduled', 'queued', 'handed_over'] as const;

/**
 * Every transition of a publication. The next part of a thread is created already claimed, in `queued`, when the previous one becomes
 * published (`db/parts.sql`); from then on it follows the same transitions. The verbs' statements take their conditions from here.
 */
export const TRANSITIONS = {
  approve: { from: ['awaiting_approval'], to: 'scheduled', guard: 'fact' },
  reject: { from: ['awaiting_approval'], to: 'cancelled', guard: 'fact', bumps: true },
  /** The sweep claims a due row, with a token and a lease. */
  claim: { from: ['scheduled'], to: 'queued', guard: 'fact' },
  /** A claimed row was not picked up within its lease, or its event could not be sent. */
  release: { from: ['queued'], to: 'scheduled', guard: 'fact' },
  /** The platform's limits leave no capacity now; the row keeps its place until they do. */
  wait: { from: ['queued'], to: 'scheduled', guard: 'fact' },
  /** Starts the first publication of its connection's lane, together with a new attempt row, before the network call. */
  start: { from: ['queued'], to: 'publishing', guard: 'fact' },
  succeed: { from: ['publishing'], to: 'published', guard: 'token' },
  /**
   * The platform's success arrived after the lease was lost: the post is published, whatever happened to the row since. A user who
   * cancelled it, set it aside, was asked about it or saw it fail is notified.
   */
  succeedLate: {
    from: ['draft', 'scheduled', 'queued', 'publishing', 'unknown', 'failed', 'cancelled'],
    to: 'published',
    guard: 'fact',
  },
  /** On a manual platform a person is asked to post it. Nothing is sent. */
  handOver: { from: ['publishing'], to: 'handed_over', guard: 'token' },
  personPosted: { from: ['handed_over'], to: 'published', guard: 'version', bumps: true },
  personDidNotPost: { from: ['handed_over'], to: 'cancelled', guard: 'version', bumps: true },
  /** The platform definitely did not accept it but may do so later: rate limit or temporary failure. */
  postpone: { from: ['publishing'], to: 'scheduled', guard: 'token' },
  fail: { from: ['publishing'], to: 'failed', guard: 'token' },
  /** Its media could not be uploaded in time, so it was never sent. */
  failUnready: { from: ['scheduled', 'queued'], to: 'failed', guard: 'fact', bumps: true },
  /** It is unknown whether the platform accepted it; it is looked up repeatedly for a while. */
  doubt: { from: ['publishing'], to: 'publishing', guard: 'token' },
  /** A look-up takes over a row whose lease has expired. */
  takeOver: { from: ['publishing'], to: 'publishing', guard: 'fact' },
  /** The platform reports that the post does not exist. */
  sendAgain: { from: ['publishing'], to: 'scheduled', guard: 'token' },
  /** The queue was cleared while it was in flight, and it would be queued again: it is cancelled with the queue, or a user is asked. */
  stopLate: { from: ['publishing'], to: 'cancelled', guard: 'token', bumps: true },
  askPerson: { from: ['publishing'], to: 'unknown', guard: 'token' },
  personSaysThere: { from: ['unknown'], to: 'published', guard: 'version', bumps: true },
  personSaysNotThere: { from: ['unknown'], to: 'scheduled', guard: 'version', bumps: true },
  /** Like `personSaysNotThere`, by a member who may not approve, at a time other than the approved one. */
  personSaysNotThereAsks: { from: ['unknown'], to: 'awaiting_approval', guard: 'version', bumps: true },
  /** The user found that it is not there, and no longer wants it. */
  personSaysLeave: { from: ['unknown'], to: 'cancelled', guard: 'version', bumps: true },
  rescheduleWaiting: { from: ['awaiting_approval'], to: 'awaiting_approval', guard: 'version', bumps: true },
  reschedule: { from: ['scheduled', 'queued'], to: 'scheduled', guard: 'version', bumps: true },
  /**
   * The post was edited: pending publications take the newer text. The post's version orders concurrent editors, and the row's lock orders
   * them and the publisher.
   */
  edit: { from: ['scheduled', 'queued'], to: 'scheduled', guard: 'fact', bumps: true },
  editWaiting: { from: ['awaiting_approval'], to: 'awaiting_approval', guard: 'fact', bumps: true },
  editMissed: { from: ['draft'], to: 'draft', guard: 'fact', bumps: true },
  editFailed: { from: ['failed'], to: 'failed', guard: 'fact', bumps: true },
  /** A stop cancelled it; undoing the stop restores it with the newer text. */
  editStopped: { from: ['cancelled'], to: 'cancelled', guard: 'fact', bumps: true },
  /** Edited, moved or sent late by a member who may not approve it, in a workspace that reviews posts first. */
  editAsks: {
    from: ['draft', 'scheduled', 'queued', 'failed'],
    to: 'awaiting_approval',
    guard: 'fact',
    bumps: true,
  },
  cancel: { from: [...WAITING, 'failed'], to: 'cancelled', guard: 'version', bumps: true },
  retry: { from: ['failed'], to: 'scheduled', guard: 'version', bumps: true },
  /** Posting was stopped and the queue cleared; `undoStop` restores what this stop cancelled. */
  stop: {
    from: ['awaiting_approval', 'scheduled', 'queued', 'handed_over'],
    to: 'cancelled',
    guard: 'fact',
    bumps: true,
  },
  undoStop: { from: ['cancelled'], to: 'scheduled', guard: 'fact', bumps: true },
  /** Part of a thread is published, and a user sends the rest that a stop had cancelled. */
  sendRest: { from: ['cancelled'], to: 'scheduled', guard: 'fact', bumps: true },
  /** Like `sendRest`, if a member who may not approve edited or moved it, or if it was awaiting approval before. */
  sendRestAsks: { from: ['cancelled'], to: 'awaiting_approval', guard: 'fact', bumps: true },
  undoStopWaiting: { from: ['cancelled'], to: 'awaiting_approval', guard: 'fact', bumps: true },
  /** It became overdue while it could not be sent: ask the user, give it up, or send it today instead. */
  miss: { from: ['scheduled'], to: 'draft', guard: 'fact', bumps: true },
  skipMissed: { from: ['scheduled'], to: 'cancelled', guard: 'fact', bumps: true },
  sendLate: { from: ['scheduled'], to: 'scheduled', guard: 'fact', bumps: true },
  /**
   * It was to be sent again under the same key, but it is too late for that, or a user moved or cancelled it. Only a user can determine the
   * outcome now.
   */
  doubtLate: { from: ['scheduled', 'queued'], to: 'unknown', guard: 'fact', bumps: true },
  /** The installation was restored from a backup: it may have been approved, or sent late, since. */
  doubtRestored: { from: ['draft', 'awaiting_approval'], to: 'unknown', guard: 'fact', bumps: true },
  answerSend: { from: ['draft'], to: 'scheduled', guard: 'fact', bumps: true },
  answerSkip: { from: ['draft'], to: 'cancelled', guard: 'fact', bumps: true },
} as const satisfies Record<string, Step>;
export type StepName = keyof typeof TRANSITIONS;

/** Transitions whose source and target states the lists below use, with literal types. */
const { approve, askPerson, claim, failUnready, handOver, start, stop, succeed, succeedLate } = TRANSITIONS;
const lane = [...claim.from, claim.to, start.to] as const;

/** Lists of publication states that several statements query, derived from the transitions. Some have partial indexes. */
export const PUBLICATION_LISTS = {
  /** Published in its connection's order. */
  lane,
  /** Not published yet, but will be unless a user intervenes. */
  ahead: [...approve.from, ...lane],
  /** Can still be moved or cancelled. */
  waiting: stop.from,
  /** Claimed by a worker. */
  inHand: [claim.to, start.to],
  /** Not sent yet, so its uploads are still needed. */
  unsent: failUnready.from,
  /** Published, possibly published, being posted by a person, or awaiting approval. */
  history: [...approve.from, handOver.to, succeed.to, askPerson.to],
  /** Counts towards its day's quota. */
  counted: [...approve.from, ...lane, handOver.to, succeed.to, askPerson.to],
  /** May be on the platform without confirmation yet. */
  mayGoOut: [start.to, askPerson.to],
  /** Failed, or its outcome is unknown: shown even without a slot of its own. */
  wrong: ['failed', askPerson.to],
  /** Nothing of it is published or will be, so it may be deleted. */
  idle: ['cancelled', 'failed', 'draft'],
  /** Scheduled or published, after any approval. */
  released: [...lane, handOver.to, succeed.to],
  /** Published or cancelled, so it is not listed separately. */
  over: [succeed.to, 'cancelled'],
  /** States from which a stop or a question sets a row aside, and to which it returns. */
  setAside: [...approve.from, ...claim.from],
  /** No longer in its lane when the platform's success arrived. */
  surprised: succeedLate.from.filter((state) => !(lane as readonly PublicationState[]).includes(state)),
} as const satisfies Record<string, readonly PublicationState[]>;

export const MEDIA_STATES = ['waiting', 'uploading', 'processing', 'ready', 'failed'] as const;
export const MEDIA_LISTS = {
  /** Needs further work. */
  open: ['waiting', 'uploading', 'processing'],
} as const satisfies Record<string, readonly (typeof MEDIA_STATES)[number][]>;

export const APPROVAL_STATES = ['open', 'approved', 'rejected', 'kept', 'withdrawn'] as const;
export const APPROVAL_LISTS = {
  /** Not decided yet. */
  undecided: ['open', 'kept'],
  /** Not decided yet, and may be replaced by another approval. */
  replaceable: ['open', 'kept', 'withdrawn'],
} as const satisfies Record<string, readonly (typeof APPROVAL_STATES)[number][]>;

export const ACTION_STATES = ['open', 'done', 'dismissed'] as const;

export const LISTING_STATES = [
  'pending',
  'listing',
  'active',
  'failed',
  'unknown',
  'delisting',
  'delisted',
] as const;
export const LISTING_LISTS = {
  /** Requested, but not claimed by a run. */
  asked: ['pending', 'delisting'],
  /** A run must start or continue. */
  unfinished: ['pending', 'delisting', 'listing'],
  /** No run is pending, so it can be taken down. */
  settled: ['active', 'failed'],
  /** In the shop, or may be soon. */
  live: ['pending', 'listing', 'active', 'unknown'],
} as const satisfies Record<string, readonly (typeof LISTING_STATES)[number][]>;

export const PRICE_CHANGE_STATES = ['pending', 'applied', 'failed', 'unknown'] as const;
export const PRICE_CHANGE_LISTS = {
  /** May not have reached the shop yet. */
  unfinished: ['pending', 'unknown'],
} as const satisfies Record<string, readonly (typeof PRICE_CHANGE_STATES)[number][]>;

export const EMAIL_STATES = ['queued', 'sending', 'sent', 'kept', 'failed', 'void'] as const;
export const EMAIL_LISTS = {
  /** To be sent. */
  outgoing: ['queued', 'sending'],
  /** Final. */
  ended: ['sent', 'kept', 'failed'],
} as const satisfies Record<string, readonly (typeof EMAIL_STATES)[number][]>;

export const TRANSACTION_KINDS = [
  'sale',
  'payment',
  'conversion',
  'fee',
  'refund',
  'tax',
  'payout',
  'reserve',
  'unattributed',
  'ai_cost',
  'subscription',
  'reversal',
] as const;

/** Why a line of a platform's account is kept for a user: its order is not known, its kind is not known, or it cannot be read. */
export const UNATTRIBUTED_REASONS = ['no_order', 'unknown_kind', 'unreadable'] as const;
/** What a line of a platform's account can be once it is understood. */
export const ENTRY_MEANINGS = ['payment', 'refund', 'fee', 'tax', 'payout', 'reserve'] as const;
