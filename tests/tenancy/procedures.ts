import { fingerprintOf } from '@/server/domains/approval-requests/fingerprint';
import type { Role } from '@/server/domains/context';
import { newId } from '@/server/foundation/ids';
import type { AppRouter } from '@/server/trpc/root';
import type { Ids } from './rows';

type Procedures = AppRouter['_def']['procedures'];
type Path = {
  [R in keyof Procedures & string]: `${R}.${keyof Procedures[R] & string}`;
}[keyof Procedures & string];
type InputOf<P extends Path> = P extends `${infer R}.${infer N}`
  ? R extends keyof Procedures
    ? N extends keyof Procedures[R]
      ? Procedures[R][N] extends { _def: { $types: { input: infer I } } }
        ? I
        : never
      : never
    : never
  : never;

/** `person`: anyone who is signed in, a member or not. `installation`: who operates it, which no role in a workspace makes one. */
export interface Line<I = unknown> {
  least: Role | 'person' | 'public' | 'installation';
  /** A valid input. It reads each id that it names from `ids`: whatever it reads is tried with another workspace's. */
  input: (ids: Ids) => I;
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

/** Every procedure of the API. A new one needs a line here, or the matrix fails. */
export const PROCEDURES: { [P in Path]: Line<InputOf<P>> } = {
  'account.me': { least: 'person', input: none },
  'account.sessions': { least: 'person', input: none },
  'account.revokeSession': { least: 'person', input: (ids) => ({ id: ids.session }) },
  'account.revokeOtherSessions': { least: 'person', input: none },
  'account.changePassword': {
    least: 'person',
    input: () => ({ current: 'Not-right-1', password: 'Another-pass-2' }),
  },
  'account.changeEmail': {
    least: 'person',
    input: () => ({ email: 'new@example.test', current: 'Not-right-1' }),
  },
  'account.pendingEmail': { least: 'person', input: none },
  'account.cancelEmailChange': { least: 'person', input: none },
  'account.resendEmailChange': { least: 'person', input: none },
  'account.resendVerification': { least: 'person', input: none },

  'workspace.get': { least: 'viewer', input: none },
  'workspace.update': {
    least: 'manager',
    input: () => ({ name: 'Renamed', timeZone: 'Asia/Tokyo', reportingCurrency: 'EUR' }),
  },

  'onboarding.get': { least: 'viewer', input: none },
  'onboarding.completeStep': { least: 'manager', input: () => ({ step: 'topics' }) },
  'onboarding.saveAutomation': {
    least: 'manager',
    input: () => ({
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
  },

  'billing.summary': { least: 'viewer', input: none },
  'billing.checkout': { least: 'owner', input: () => ({ plan: 'pro' }) },
  'billing.confirmPortal': { least: 'owner', input: none },
  'billing.confirm': { least: 'owner', input: () => ({ sessionId: 'cs_test_1' }) },
  'billing.unreadEvents': { least: 'installation', input: none },
  'billing.portal': { least: 'owner', input: () => ({}) },
  'billing.cancel': { least: 'owner', input: none },
  'billing.resume': { least: 'owner', input: none },

  'connections.list': { least: 'viewer', input: none },
  'connections.available': { least: 'viewer', input: none },
  'connections.start': {
    least: 'manager',
    input: (ids) => ({ platform: 'x', returnTo: '/connections', connectionId: ids.connection }),
  },
  'connections.choice': { least: 'viewer', input: none },
  'connections.choose': { least: 'manager', input: (ids) => ({ id: ids.choice, remoteIds: ['1'] }) },
  'connections.dropChoice': { least: 'manager', input: (ids) => ({ id: ids.choice }) },
  'connections.disconnect': { least: 'manager', input: (ids) => ({ id: ids.connection }) },
  'connections.check': { least: 'operator', input: (ids) => ({ id: ids.connection }) },

  'topics.list': { least: 'viewer', input: none },
  'topics.choose': { least: 'manager', input: () => ({ slugs: ['memes'] }) },
  'topics.preview': { least: 'viewer', input: () => ({ slug: 'memes' }) },

  'posts.create': {
    least: 'operator',
    input: (ids) => ({ title: 'New', topicId: ids.topic, variants: [{ platform: 'x', text: 'Hello' }] }),
  },
  'posts.update': {
    least: 'operator',
    input: (ids) => ({
      id: ids.post,
      version,
      title: 'Changed',
      topicId: ids.topic,
      variants: [{ platform: 'x', text: 'Changed', media: [{ fileId: ids.file, alt: 'A map' }] }],
    }),
  },
  'posts.get': { least: 'viewer', input: (ids) => ({ id: ids.post }) },
  'posts.list': { least: 'viewer', input: () => ({}) },
  'posts.remove': { least: 'operator', input: (ids) => ({ id: ids.post }) },

  'publications.schedule': {
    least: 'operator',
    input: (ids) => ({
      postId: ids.post,
      version,
      targets: [{ connectionId: ids.connection }],
      when: { kind: 'at', local: '2026-03-05T09:00' },
      requestKey: newId('event'),
    }),
  },
  'publications.check': {
    least: 'operator',
    input: (ids) => ({
      postId: ids.post,
      texts: [{ platform: 'x', text: 'Hello', media: [{ fileId: ids.file }] }],
      targets: [{ connectionId: ids.connection }],
      when: { kind: 'at', local: '2026-03-05T09:00' },
      moving: [ids.publication],
    }),
  },
  'publications.checkLinks': {
    least: 'operator',
    input: () => ({ texts: ['See http://127.0.0.1/private'] }),
  },
  'publications.reschedule': {
    least: 'operator',
    input: (ids) => ({ id: ids.publication, version, local: '2026-03-06T09:00' }),
  },
  'publications.cancel': { least: 'operator', input: (ids) => ({ id: ids.publication, version }) },
  'publications.setBoost': {
    least: 'operator',
    input: (ids) => ({ id: ids.publication, boost: repostRule }),
  },
  'publications.retry': { least: 'operator', input: (ids) => ({ id: ids.unclear, version }) },
  'publications.retryMedia': { least: 'operator', input: (ids) => ({ id: ids.pictured }) },
  'publications.resolveUnknown': {
    least: 'operator',
    input: (ids) => ({ id: ids.unclear, version, answer: 'not_there' }),
  },
  'publications.list': {
    least: 'viewer',
    input: (ids) => ({ connectionId: ids.connection, postId: ids.post }),
  },
  'publications.get': { least: 'viewer', input: (ids) => ({ id: ids.publication }) },

  'autoPosting.get': { least: 'viewer', input: none },
  'autoPosting.undoStop': { least: 'manager', input: (ids) => ({ id: ids.stop }) },
  'autoPosting.pause': { least: 'operator', input: none },
  'autoPosting.start': { least: 'operator', input: none },
  'autoPosting.stop': { least: 'manager', input: none },
  'autoPosting.emergencyStop': { least: 'operator', input: none },
  'planning.plan': { least: 'viewer', input: none },
  'planning.addSlots': {
    least: 'manager',
    input: (ids) => ({
      connectionId: ids.connection,
      slots: [{ weekday: 1, minute: 600, topicId: ids.topic }],
    }),
  },
  'planning.removeSlots': { least: 'manager', input: (ids) => ({ ids: [ids.slot] }) },
  'planning.changeSlot': { least: 'manager', input: (ids) => ({ id: ids.slot, topicId: ids.topic }) },
  'planning.copySlots': {
    least: 'manager',
    input: (ids) => ({ from: ids.connection, to: [ids.shop] }),
  },
  'planning.nextSlots': {
    least: 'viewer',
    input: (ids) => ({ connectionIds: [ids.connection], topicId: ids.topic }),
  },
  'planning.queue': { least: 'viewer', input: (ids) => ({ connectionId: ids.connection }) },
  'planning.reorder': {
    least: 'operator',
    input: (ids) => ({
      connectionId: ids.connection,
      items: [
        { id: ids.publication, version },
        { id: ids.unclear, version },
      ],
    }),
  },
  'planning.calendar': {
    least: 'viewer',
    input: () => ({ from: new Date('2026-03-01T00:00:00Z'), to: new Date('2026-04-01T00:00:00Z') }),
  },
  'planning.missed': { least: 'viewer', input: none },
  'planning.saveMissed': {
    least: 'manager',
    input: () => ({ policy: 'ask', minutes: 60, seen: { policy: 'post', minutes: 120 } }),
  },
  'planning.boost': { least: 'viewer', input: none },
  'planning.saveBoost': { least: 'manager', input: () => ({ boost: repostRule, seen: null }) },
  'planning.createSeries': {
    least: 'operator',
    input: (ids) => ({
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
  },
  'planning.changeSeries': {
    least: 'operator',
    input: (ids) => ({ id: ids.series, version, scope: { kind: 'all' }, time: '10:00' }),
  },
  'planning.endSeries': {
    least: 'operator',
    input: (ids) => ({ id: ids.series, version, scope: { kind: 'all' } }),
  },
  'planning.series': { least: 'viewer', input: () => ({}) },
  'planning.getSeries': { least: 'viewer', input: (ids) => ({ id: ids.series }) },
  'planning.evergreen': { least: 'viewer', input: () => ({}) },
  'planning.setEvergreen': {
    least: 'operator',
    input: (ids) => ({ postId: ids.post, gapDays: 30, version: 0 }),
  },
  'planning.removeEvergreen': { least: 'operator', input: (ids) => ({ postId: ids.post }) },

  'approvals.list': { least: 'viewer', input: () => ({}) },
  'approvals.decide': {
    least: 'manager',
    // Nothing waits for the tenant's own.
    input: (ids) => ({ id: ids.approval, shown: fingerprintOf([], []), decision: 'reject' }),
  },
  'todo.list': { least: 'viewer', input: none },
  'todo.complete': { least: 'operator', input: (ids) => ({ id: ids.action }) },
  'todo.dismiss': { least: 'operator', input: (ids) => ({ id: ids.action }) },
  'alerts.list': { least: 'viewer', input: () => ({}) },
  'alerts.resolve': { least: 'operator', input: (ids) => ({ id: ids.alert }) },

  'generation.status': { least: 'viewer', input: none },

  'products.list': { least: 'viewer', input: () => ({}) },
  'products.get': { least: 'viewer', input: (ids) => ({ id: ids.product }) },
  'products.create': { least: 'operator', input: (ids) => product(ids) },
  'products.update': {
    least: 'operator',
    input: (ids) => ({ id: ids.product, version, ...product(ids) }),
  },
  'products.archive': { least: 'operator', input: (ids) => ({ id: ids.product, version }) },
  'products.restore': { least: 'operator', input: (ids) => ({ id: ids.product }) },

  'listings.list': {
    least: 'viewer',
    input: (ids) => ({ productId: ids.product, connectionId: ids.shop }),
  },
  'listings.get': { least: 'viewer', input: (ids) => ({ id: ids.listing }) },
  'listings.create': {
    least: 'operator',
    input: (ids) => ({ productId: ids.product, connectionId: ids.shop, pictureId: ids.file }),
  },
  'listings.drawPicture': { least: 'operator', input: (ids) => ({ productId: ids.product }) },
  'listings.retry': { least: 'operator', input: (ids) => ({ id: ids.listing, version }) },
  'listings.delist': { least: 'operator', input: (ids) => ({ id: ids.listing, version }) },

  'pricing.rules': { least: 'viewer', input: (ids) => ({ listingId: ids.listing }) },
  'pricing.changes': { least: 'viewer', input: (ids) => ({ listingId: ids.listing }) },
  'pricing.saveRule': { least: 'operator', input: (ids) => ({ listingId: ids.listing, version, ...rule }) },
  'pricing.removeRule': { least: 'operator', input: (ids) => ({ id: ids.rule }) },
  'pricing.changePrice': { least: 'operator', input: (ids) => ({ listingId: ids.listing, price: 800 }) },

  'sales.list': { least: 'viewer', input: (ids) => ({ connectionId: ids.shop, listingId: ids.listing }) },
  'sales.syncStatus': { least: 'viewer', input: none },
  'sales.sync': { least: 'operator', input: (ids) => ({ connectionId: ids.shop }) },

  'ledger.list': { least: 'viewer', input: (ids) => ({ connectionId: ids.shop }) },
  'ledger.get': { least: 'viewer', input: (ids) => ({ id: ids.transaction }) },
  'ledger.balances': { least: 'viewer', input: () => ({}) },
  'ledger.report': { least: 'viewer', input: () => ({}) },

  'runs.list': { least: 'viewer', input: () => ({}) },
  'runs.get': { least: 'viewer', input: (ids) => ({ id: ids.run }) },
  'runs.system': { least: 'installation', input: () => ({}) },

  'home.shell': { least: 'viewer', input: none },
  'home.overview': { least: 'viewer', input: none },
};
