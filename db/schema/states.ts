/**
 * The states of rows that change them, the steps of a publication between them, and the lists of states that statements ask for. SQL
 * text, in db/*.sql and in TypeScript, takes its lists from here (db/state-sql.ts); a list that is written by hand fails a test.
 */
export const PUBLICATION_STATES = [
  'draft',
  'awaiting_approval',
  'scheduled',
  'queued',
  'publishing',
  'published',
  'failed',
  'unknown',
  'cancelled',
] as const;
export type PublicationState = (typeof PUBLICATION_STATES)[number];

/**
 * Who may take a step. `version`: a person, on the version that they saw. `token`: whoever holds the claim. `fact`: what
 * happened decides, and the row's lock orders it.
 */
type Guard = 'version' | 'token' | 'fact';
export interface Step {
  readonly from: readonly PublicationState[];
  readonly to: PublicationState;
  readonly guard: Guard;
  /** Voids every claim that was made before: the version grows and the token goes. */
  readonly bumps?: true;
}

const WAITING = ['draft', 'awaiting_approval', 'scheduled', 'queued'] as const;

/**
 * Every step that a publication can take. The next part of a thread is born claimed, in `queued`, when the one before it becomes
 * published (`db/parts.sql`); from there it takes the same steps. The verbs' statements take their conditions from here.
 */
export const STEPS = {
  approve: { from: ['awaiting_approval'], to: 'scheduled', guard: 'fact' },
  reject: { from: ['awaiting_approval'], to: 'cancelled', guard: 'fact', bumps: true },
  /** The sweep takes a due row, with a token and a lease. */
  claim: { from: ['scheduled'], to: 'queued', guard: 'fact' },
  /** Nobody came for a claimed row within its lease, or its event could not be sent. */
  release: { from: ['queued'], to: 'scheduled', guard: 'fact' },
  /** The platform's limits leave no room now: it waits in its place until there is. */
  wait: { from: ['queued'], to: 'scheduled', guard: 'fact' },
  /** The first in its connection's lane, together with a new attempt row, before the network call. */
  start: { from: ['queued'], to: 'publishing', guard: 'fact' },
  succeed: { from: ['publishing'], to: 'published', guard: 'token' },
  /**
   * The platform's yes came after the lease was lost: it is out, whatever was made of the row since. Who cancelled it, set it
   * aside, was asked about it or saw it fail is told.
   */
  succeedLate: {
    from: ['draft', 'scheduled', 'queued', 'publishing', 'unknown', 'failed', 'cancelled'],
    to: 'published',
    guard: 'fact',
  },
  /** The platform surely did not take it and may later: rate limit, temporary trouble. */
  postpone: { from: ['publishing'], to: 'scheduled', guard: 'token' },
  fail: { from: ['publishing'], to: 'failed', guard: 'token' },
  /** Its pictures could not be brought to the platform in time: it never left. */
  failUnready: { from: ['scheduled', 'queued'], to: 'failed', guard: 'fact', bumps: true },
  /** Nobody knows whether the platform took it: look it up, again and again for a while. */
  doubt: { from: ['publishing'], to: 'publishing', guard: 'token' },
  /** A look-up takes over a row whose lease ran out. */
  takeOver: { from: ['publishing'], to: 'publishing', guard: 'fact' },
  /** The platform says that it is not there. */
  sendAgain: { from: ['publishing'], to: 'scheduled', guard: 'token' },
  /** The queue was cleared while it was on its way and it would wait again: cancelled with the queue, or a person is asked. */
  stopLate: { from: ['publishing'], to: 'cancelled', guard: 'token', bumps: true },
  askPerson: { from: ['publishing'], to: 'unknown', guard: 'token' },
  personSaysThere: { from: ['unknown'], to: 'published', guard: 'version', bumps: true },
  personSaysNotThere: { from: ['unknown'], to: 'scheduled', guard: 'version', bumps: true },
  /** The same, said by somebody who may not decide, where that is another time than was decided about. */
  personSaysNotThereAsks: { from: ['unknown'], to: 'awaiting_approval', guard: 'version', bumps: true },
  /** A person looked, it is not there, and it is not wanted any more. */
  personSaysLeave: { from: ['unknown'], to: 'cancelled', guard: 'version', bumps: true },
  rescheduleWaiting: { from: ['awaiting_approval'], to: 'awaiting_approval', guard: 'version', bumps: true },
  reschedule: { from: ['scheduled', 'queued'], to: 'scheduled', guard: 'version', bumps: true },
  /**
   * The post was edited: what waits says the newer text from here on. The post's own version orders the people who edit it, and the row's
   * lock orders them and the publisher.
   */
  edit: { from: ['scheduled', 'queued'], to: 'scheduled', guard: 'fact', bumps: true },
  editWaiting: { from: ['awaiting_approval'], to: 'awaiting_approval', guard: 'fact', bumps: true },
  editMissed: { from: ['draft'], to: 'draft', guard: 'fact', bumps: true },
  editFailed: { from: ['failed'], to: 'failed', guard: 'fact', bumps: true },
  /** A stop cancelled it; undoing that brings it back with the newer text. */
  editStopped: { from: ['cancelled'], to: 'cancelled', guard: 'fact', bumps: true },
  /** Edited, moved or sent late by somebody who may not decide about it, where posts are reviewed first. */
  editAsks: {
    from: ['draft', 'scheduled', 'queued', 'failed'],
    to: 'awaiting_approval',
    guard: 'fact',
    bumps: true,
  },
  cancel: { from: [...WAITING, 'failed'], to: 'cancelled', guard: 'version', bumps: true },
  retry: { from: ['failed'], to: 'scheduled', guard: 'version', bumps: true },
  /** Posting was stopped and the queue cleared; and the same undone, for what this stop cancelled. */
  stop: { from: ['awaiting_approval', 'scheduled', 'queued'], to: 'cancelled', guard: 'fact', bumps: true },
  undoStop: { from: ['cancelled'], to: 'scheduled', guard: 'fact', bumps: true },
  /** Half of a thread is out, and a person sends the rest that a stop took back. */
  sendRest: { from: ['cancelled'], to: 'scheduled', guard: 'fact', bumps: true },
  /** The same, when it was edited or moved by somebody who may not decide, or waited for a decision before. */
  sendRestAsks: { from: ['cancelled'], to: 'awaiting_approval', guard: 'fact', bumps: true },
  undoStopWaiting: { from: ['cancelled'], to: 'awaiting_approval', guard: 'fact', bumps: true },
  /** Its time passed while nobody could send it: ask, give it up, or let it go out today instead. */
  miss: { from: ['scheduled'], to: 'draft', guard: 'fact', bumps: true },
  skipMissed: { from: ['scheduled'], to: 'cancelled', guard: 'fact', bumps: true },
  sendLate: { from: ['scheduled'], to: 'scheduled', guard: 'fact', bumps: true },
  /**
   * It was to be sent again under the same key, and for that it is too late, or somebody moved it or took it back: only a
   * person can tell now.
   */
  doubtLate: { from: ['scheduled', 'queued'], to: 'unknown', guard: 'fact', bumps: true },
  answerSend: { from: ['draft'], to: 'scheduled', guard: 'fact', bumps: true },
  answerSkip: { from: ['draft'], to: 'cancelled', guard: 'fact', bumps: true },
} as const satisfies Record<string, Step>;
export type StepName = keyof typeof STEPS;

/** The states from which a step leads, and where it leads to, as types say them. */
const { approve, askPerson, claim, failUnready, start, stop, succeed, succeedLate } = STEPS;
const lane = [...claim.from, claim.to, start.to] as const;

/** Lists of a publication's states that several statements ask for, made of the steps. Partial indexes are for some of them. */
export const PUBLICATION_LISTS = {
  /** Goes out in its connection's order. */
  lane,
  /** Has not gone out, and will unless somebody steps in. */
  ahead: [...approve.from, ...lane],
  /** Can still be moved or called back. */
  waiting: stop.from,
  /** Somebody has claimed it. */
  inHand: [claim.to, start.to],
  /** Still to be sent, so that what is to be uploaded for it is worth uploading. */
  unsent: failUnready.from,
  /** What an account sent, may have sent, or is asked about. */
  history: [...approve.from, succeed.to, askPerson.to],
  /** Takes a place on its day. */
  counted: [...approve.from, ...lane, succeed.to, askPerson.to],
  /** It may be on the platform while nobody has seen that yet. */
  mayGoOut: [start.to, askPerson.to],
  /** It went wrong, or nobody knows: shown though it has no place of its own. */
  wrong: ['failed', askPerson.to],
  /** Nothing of it is out and nothing will be: it may be deleted. */
  idle: ['cancelled', 'failed', 'draft'],
  /** It went out or was called back, and nobody needs to see it in a list of its own. */
  over: [succeed.to, 'cancelled'],
  /** What a stop or a question takes a row out of, and brings it back to. */
  setAside: [...approve.from, ...claim.from],
  /** Was not on its way any more when the platform's yes came. */
  surprised: succeedLate.from.filter((state) => !(lane as readonly PublicationState[]).includes(state)),
} as const satisfies Record<string, readonly PublicationState[]>;

export const MEDIA_STATES = ['waiting', 'uploading', 'processing', 'ready', 'failed'] as const;
export const MEDIA_LISTS = {
  /** Something is still to be done for it. */
  open: ['waiting', 'uploading', 'processing'],
} as const satisfies Record<string, readonly (typeof MEDIA_STATES)[number][]>;

export const APPROVAL_STATES = ['open', 'approved', 'rejected', 'kept', 'withdrawn'] as const;
export const APPROVAL_LISTS = {
  /** Nobody has decided. */
  undecided: ['open', 'kept'],
  /** Nobody has decided, and another decision may take its place. */
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
  /** Asked for, and no run has it. */
  asked: ['pending', 'delisting'],
  /** A run is to begin or to go on. */
  unfinished: ['pending', 'delisting', 'listing'],
  /** No run is to do anything: it can be taken down. */
  settled: ['active', 'failed'],
  /** Is in the shop, or may be soon. */
  live: ['pending', 'listing', 'active', 'unknown'],
} as const satisfies Record<string, readonly (typeof LISTING_STATES)[number][]>;

export const PRICE_CHANGE_STATES = ['pending', 'applied', 'failed', 'unknown'] as const;
export const PRICE_CHANGE_LISTS = {
  /** The shop may not have it yet. */
  unfinished: ['pending', 'unknown'],
} as const satisfies Record<string, readonly (typeof PRICE_CHANGE_STATES)[number][]>;

export const EMAIL_STATES = ['queued', 'sending', 'sent', 'kept', 'failed', 'void'] as const;
export const EMAIL_LISTS = {
  /** To be sent. */
  outgoing: ['queued', 'sending'],
  /** Nothing more happens to it. */
  ended: ['sent', 'kept', 'failed'],
} as const satisfies Record<string, readonly (typeof EMAIL_STATES)[number][]>;
