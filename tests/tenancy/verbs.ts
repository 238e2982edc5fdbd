import type { z } from 'zod';
import { fingerprintOf } from '@/server/domains/approval-requests/fingerprint';
import { samplePng } from '@/server/domains/files/testing';
import { streamVerbs } from '@/server/domains/stream-verbs';
import { verbs } from '@/server/domains/verbs';
import { visitorVerbs } from '@/server/domains/visitor-verbs';
import { newId } from '@/server/foundation/ids';
import type { Verb } from '@/server/verbs/define';
import { type Role, rolesWith } from '@/server/verbs/permissions';
import type { Ids } from './rows';

/** Maps a tree of verbs to the names that adapters use, such as `posts.create`. */
type ByPath<T> = {
  [G in keyof T & string]: { [N in keyof T[G] & string as `${G}.${N}`]: T[G][N] };
}[keyof T & string];
type United<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer U) => void ? U : never;
type Verbs = United<ByPath<typeof verbs> | ByPath<typeof streamVerbs> | ByPath<typeof visitorVerbs>>;
type Path = keyof Verbs;
type InputOf<P extends Path> =
  Verbs[P] extends Verb<infer _A, infer _E, infer I, infer _O> ? z.input<I> : never;

/** A verb with an example of its input. */
export interface VerbCase {
  path: string;
  verb: Verb;
  /** The adapter that offers it: tRPC, the routes that receive or return streams, or the forms for users who are not signed in. */
  adapter: 'trpc' | 'stream' | 'visitor';
  /**
   * The least role that may call it. `person`: any signed-in user; `installation`: an operator, which is independent of roles; `visitor`:
   * anyone.
   */
  least: Role | 'person' | 'installation' | 'visitor';
  /** Returns a valid input. It reads each id that it names from `ids`, and each of these is tested with an id of another workspace. */
  input: (ids: Ids) => unknown;
}

const none = () => undefined;
const version = 1;
const product = (ids: Ids) => ({
  title: 'A planner',
  description: 'Fifty pages',
  tags: ['planner'],
  price: 900,
  floor: 500,
  currency: 'USD',
  fileId: ids.file,
});
const rule = { active: true, minViews: 10, windowHours: 24, stepBasisPoints: 500, cooldownHours: 24 };

const repostRule = {
  measure: 'likes',
  atLeast: 50,
  withinHours: 24,
  action: 'repost',
} as const;

/** Returns a body that can be read several times. */
const bodyOf = (bytes: Uint8Array): AsyncIterable<Uint8Array> => ({
  async *[Symbol.asyncIterator]() {
    yield bytes;
  },
});
/** A secret that belongs to no browser and no link of the example data. */
const secret = 'A'.repeat(43);

/** Example inputs by verb. A new verb without one does not compile. */
export const INPUTS: { [P in Path]: (ids: Ids) => InputOf<P> } = {
  'account.me': none,
  'account.sessions': none,
  'account.revokeSession': (ids) => ({ id: ids.session }),
  'account.revokeOtherSessions': none,
  'account.changePassword': () => ({ current: 'Not-right-1', password: 'Another-pass-2' }),
  'account.changeEmail': () => ({ email: 'new@example.test', current: 'Not-right-1' }),
  'account.pendingEmail': none,
  'account.cancelEmailChange': none,
  'account.resendEmailChange': none,
  'account.resendVerification': none,

  'workspace.get': none,
  'workspace.update': () => ({ name: 'Renamed', timeZone: 'Asia/Tokyo', reportingCurrency: 'EUR' }),

  'onboarding.get': none,
  'onboarding.completeStep': () => ({ step: 'topics' }),
  'onboarding.saveAutomation': () => ({
    timeZone: 'Europe/Berlin',
    activeFrom: 540,
    activeTo: 1260,
    postsPerDay: 2,
    slots: [720, 1080],
    mix: { memes: 100 },
    platformOrder: ['x'],
    review: 'review_first',
    approvalPolicy: 'keep',
    approvalHours: 24,
    version,
  }),

  'billing.summary': none,
  'billing.checkout': () => ({ plan: 'pro' }),
  'billing.confirmPortal': none,
  'billing.confirm': () => ({ sessionId: 'cs_test_1' }),
  'billing.payments': none,
  'billing.unreadEvents': none,
  'billing.portal': () => ({}),
  'billing.cancel': none,
  'billing.resume': none,

  'connections.list': none,
  'connections.available': none,
  'connections.start': (ids) => ({ platform: 'x', returnTo: '/connections', connectionId: ids.connection }),
  'connections.signIn': (ids) => ({ platform: 'x', connectionId: ids.connection, values: {} }),
  'connections.choice': none,
  'connections.choose': (ids) => ({ id: ids.choice, remoteIds: ['1'] }),
  'connections.dropChoice': (ids) => ({ id: ids.choice }),
  'connections.disconnect': (ids) => ({ id: ids.connection }),
  'connections.check': (ids) => ({ id: ids.connection }),
  'connections.more': (ids) => ({ id: ids.connection }),
  'connections.options': none,
  'connections.choices': (ids) => ({ connectionId: ids.connection, field: 'board' }),

  'topics.list': none,
  'topics.choose': () => ({ slugs: ['memes'] }),
  'topics.preview': () => ({ slug: 'memes' }),

  'posts.create': (ids) => ({
    title: 'New',
    topicId: ids.topic,
    variants: [{ platform: 'x', text: 'Hello' }],
  }),
  'posts.update': (ids) => ({
    id: ids.post,
    version,
    title: 'Changed',
    topicId: ids.topic,
    variants: [{ platform: 'x', text: 'Changed', media: [{ fileId: ids.file, alt: 'A map' }] }],
    options: [{ connectionId: ids.connection, options: {} }],
  }),
  'posts.get': (ids) => ({ id: ids.post }),
  'posts.list': () => ({}),
  'posts.remove': (ids) => ({ id: ids.post }),

  'publications.schedule': (ids) => ({
    postId: ids.post,
    version,
    targets: [{ connectionId: ids.connection }],
    when: { kind: 'at', local: '2026-03-05T09:00' },
    requestKey: newId('event'),
  }),
  'publications.check': (ids) => ({
    postId: ids.post,
    texts: [{ platform: 'x', text: 'Hello', media: [{ fileId: ids.file }] }],
    targets: [{ connectionId: ids.connection }],
    when: { kind: 'at', local: '2026-03-05T09:00' },
    moving: [ids.publication],
  }),
  'publications.checkLinks': () => ({ texts: ['See http://127.0.0.1/private'] }),
  'publications.reschedule': (ids) => ({ id: ids.publication, version, local: '2026-03-06T09:00' }),
  'publications.cancel': (ids) => ({ id: ids.publication, version }),
  'publications.setFollowUpRule': (ids) => ({ id: ids.publication, followUpRule: repostRule }),
  'publications.retry': (ids) => ({ id: ids.unclear, version }),
  'publications.retryMedia': (ids) => ({ id: ids.pictured }),
  'publications.resolveUnknown': (ids) => ({ id: ids.unclear, version, answer: 'not_there' }),
  'publications.list': (ids) => ({ connectionId: ids.connection, postId: ids.post }),
  'publications.get': (ids) => ({ id: ids.publication }),

  'autoPosting.get': none,
  'autoPosting.undoStop': (ids) => ({ id: ids.stop }),
  'autoPosting.pause': none,
  'autoPosting.start': none,
  'autoPosting.stop': none,
  'autoPosting.emergencyStop': none,
  'planning.plan': none,
  'planning.addSlots': (ids) => ({
    connectionId: ids.connection,
    slots: [{ weekday: 1, minute: 600, topicId: ids.topic }],
  }),
  'planning.removeSlots': (ids) => ({ ids: [ids.slot] }),
  'planning.changeSlot': (ids) => ({ id: ids.slot, topicId: ids.topic }),
  'planning.copySlots': (ids) => ({ from: ids.connection, to: [ids.shop] }),
  'planning.nextSlots': (ids) => ({ connectionIds: [ids.connection], topicId: ids.topic }),
  'planning.queue': (ids) => ({ connectionId: ids.connection }),
  'planning.reorder': (ids) => ({
    connectionId: ids.connection,
    items: [
      { id: ids.publication, version },
      { id: ids.unclear, version },
    ],
  }),
  'planning.calendar': () => ({
    from: new Date('2026-03-01T00:00:00Z'),
    to: new Date('2026-04-01T00:00:00Z'),
  }),
  'planning.missed': none,
  'planning.saveMissed': () => ({ policy: 'ask', minutes: 60, seen: { policy: 'post', minutes: 120 } }),
  'planning.followUpRule': none,
  'planning.saveFollowUpRule': () => ({ followUpRule: repostRule, seen: null }),
  'planning.createSeries': (ids) => ({
    postId: ids.post,
    version,
    targets: [{ connectionId: ids.connection }],
    unit: 'month',
    every: 1,
    startDay: '2026-03-05',
    time: '09:00',
    ends: { kind: 'never' },
    requestKey: newId('event'),
  }),
  'planning.changeSeries': (ids) => ({ id: ids.series, version, scope: { kind: 'all' }, time: '10:00' }),
  'planning.endSeries': (ids) => ({ id: ids.series, version, scope: { kind: 'all' } }),
  'planning.series': () => ({}),
  'planning.getSeries': (ids) => ({ id: ids.series }),
  'planning.evergreen': () => ({}),
  'planning.setEvergreen': (ids) => ({ postId: ids.post, gapDays: 30, version: 0 }),
  'planning.removeEvergreen': (ids) => ({ postId: ids.post }),

  'approvals.list': () => ({}),
  // The tenant's own approval has no pending publications.
  'approvals.decide': (ids) => ({ id: ids.approval, fingerprint: fingerprintOf([], []), decision: 'reject' }),
  'todo.list': none,
  'todo.complete': (ids) => ({ id: ids.action, fingerprint: 'fingerprint', answer: 'leave' }),
  'todo.dismiss': (ids) => ({ id: ids.action }),
  'alerts.list': () => ({}),
  'alerts.resolve': (ids) => ({ id: ids.alert }),

  'generation.status': none,

  'products.list': () => ({}),
  'products.get': (ids) => ({ id: ids.product }),
  'products.create': (ids) => product(ids),
  'products.update': (ids) => ({ id: ids.product, version, ...product(ids) }),
  'products.archive': (ids) => ({ id: ids.product, version }),
  'products.restore': (ids) => ({ id: ids.product }),

  'listings.list': (ids) => ({ productId: ids.product, connectionId: ids.shop }),
  'listings.get': (ids) => ({ id: ids.listing }),
  'listings.create': (ids) => ({ productId: ids.product, connectionId: ids.shop, pictureId: ids.file }),
  'listings.drawPicture': (ids) => ({ productId: ids.product }),
  'listings.retry': (ids) => ({ id: ids.listing, version }),
  'listings.delist': (ids) => ({ id: ids.listing, version }),

  'pricing.rules': (ids) => ({ listingId: ids.listing }),
  'pricing.changes': (ids) => ({ listingId: ids.listing }),
  'pricing.saveRule': (ids) => ({ listingId: ids.listing, version, ...rule }),
  'pricing.removeRule': (ids) => ({ id: ids.rule }),
  'pricing.changePrice': (ids) => ({ listingId: ids.listing, price: 800 }),

  'sales.list': (ids) => ({ connectionId: ids.shop, listingId: ids.listing }),
  'sales.syncStatus': none,
  'sales.sync': (ids) => ({ connectionId: ids.shop }),
  'sales.entries': (ids) => ({ connectionId: ids.shop }),
  'sales.attributeEntry': (ids) => ({ id: ids.entry, as: 'fee' }),
  'sales.leaveEntry': (ids) => ({ id: ids.entry }),
  'sales.takeBackEntry': (ids) => ({ id: ids.entry }),

  'ledger.list': (ids) => ({ connectionId: ids.shop }),
  'ledger.get': (ids) => ({ id: ids.transaction }),
  'ledger.balances': () => ({}),
  'ledger.report': () => ({}),

  'runs.list': () => ({}),
  'runs.get': (ids) => ({ id: ids.run }),
  'runs.system': () => ({}),

  'home.shell': none,
  'home.overview': none,

  'files.upload': () => ({ name: 'a.pdf', content: bodyOf(Buffer.from('%PDF-1.7 test')) }),
  'files.uploadMedia': () => ({ name: 'a.png', content: bodyOf(samplePng(2, 2)), announced: 100 }),
  'files.download': (ids) => ({ id: ids.file }),
  'files.media': (ids) => ({ id: ids.file, size: 'whole', range: 'bytes=0-9' }),
  'generation.write': (ids) => ({
    platforms: ['x'],
    prompt: 'Hello',
    topicId: ids.topic,
    postId: ids.post,
  }),
  'live.changes': () => ({ since: null }),

  'account.register': () => ({
    name: 'Ann',
    email: 'ann@example.test',
    password: 'Correct-horse-7',
    terms: true,
    timeZone: 'Asia/Tokyo',
  }),
  'account.signIn': () => ({ email: 'ann@example.test', password: 'Not-right-1', devices: [secret] }),
  'account.codeStep': () => ({ browser: secret }),
  'account.enterCode': () => ({ browser: secret, code: '1234 5678' }),
  'account.resendCode': () => ({ browser: secret }),
  'account.requestReset': () => ({ email: 'ann@example.test' }),
  'account.checkResetLink': () => ({ token: secret }),
  'account.resetPassword': () => ({ token: secret, password: 'Another-pass-2' }),
  'account.verifyEmail': () => ({ token: secret }),
  'account.confirmEmailChange': () => ({ token: secret }),
};

function leastOf({ access }: Verb): VerbCase['least'] {
  if (access === 'person' || access === 'installation' || access === 'visitor') return access;
  const [least] = rolesWith(access);
  if (!least) throw new Error(`No role has ${access}`);
  return least;
}

const linesOf = (adapter: VerbCase['adapter'], tree: object): VerbCase[] =>
  Object.entries(tree as Record<string, Record<string, Verb>>).flatMap(([group, of]) =>
    Object.entries(of).map(([name, verb]) => {
      const path = `${group}.${name}`;
      return {
        path,
        verb,
        adapter,
        least: leastOf(verb),
        input: (INPUTS as Record<string, VerbCase['input']>)[path] as VerbCase['input'],
      };
    }),
  );

/** Every verb under the name that adapters use, with the least role that may call it and an example input. */
export const VERB_CASES: readonly VerbCase[] = [
  ...linesOf('trpc', verbs),
  ...linesOf('stream', streamVerbs),
  ...linesOf('visitor', visitorVerbs),
];
