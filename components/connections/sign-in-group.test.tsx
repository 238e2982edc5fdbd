import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { TRPCReactProvider } from '@/components/trpc/client';
import type { ConnectionView } from '@/server/domains/connections/schemas';
import type { Shown } from '@/server/foundation/facts';
import { InWords } from '@/tests/support/in-words';
import { AccountRow } from './account-row';
import { bySignIn, SignInGroup } from './sign-in-group';

const nothing = () => {};
const NOON = new Date('2026-03-12T12:00:00Z');
const MIRA = { id: 'gra_1', signedInAs: 'Mira', listsMore: true };
const connection = (change: Partial<Shown<ConnectionView>> = {}): Shown<ConnectionView> => ({
  id: 'con_1',
  platform: 'facebook',
  environment: 'live',
  status: 'active',
  remoteName: 'Ink club',
  remoteUrl: null,
  problem: null,
  byHand: null,
  capabilities: ['publish', 'engagement'],
  missing: [],
  grant: MIRA,
  hasOptions: false,
  endsAt: null,
  postsAfterEnd: 0,
  lapsesAt: null,
  createdAt: NOON,
  lastUsedAt: null,
  feedStuckSince: null,
  limits: null,
  updates: null,
  ...change,
});
const shown = (element: React.ReactNode) =>
  renderToStaticMarkup(
    <InWords>
      <TRPCReactProvider>{element}</TRPCReactProvider>
    </InWords>,
  );
const group = (connections: Shown<ConnectionView>[], canManage = true) =>
  shown(
    <SignInGroup
      connections={connections}
      platformName="Facebook"
      canManage={canManage}
      onSignIn={nothing}
      onFound={nothing}
    >
      {null}
    </SignInGroup>,
  );
const row = (change: Partial<Shown<ConnectionView>>, soon = false, cannot: string[] = []) =>
  shown(
    <AccountRow
      connection={connection(change)}
      platformName="Facebook"
      zone="UTC"
      canManage
      busy={false}
      cannot={cannot}
      sharedWith={[]}
      soon={soon}
      onReconnect={nothing}
      onChanged={nothing}
      onDisconnected={nothing}
    />,
  );

it('shows the accounts of a sign-in together, in their order, and those without one alone', () => {
  const [a, b, c, d] = [
    connection({ id: 'a' }),
    connection({ id: 'b', grant: null }),
    connection({ id: 'c' }),
    connection({ id: 'd', grant: null }),
  ];
  expect(bySignIn([a, b, c, d])).toEqual([[a, c], [b], [d]]);
});

it('says who signed in unless that is the only account itself', () => {
  expect(group([connection(), connection({ id: 'con_2' })])).toContain('Signed in as Mira, for 2 accounts');
  expect(group([connection()])).toContain('Signed in as Mira<');
  expect(group([connection({ remoteName: 'Mira' })])).not.toContain('Signed in as');
  const grant = { ...MIRA, signedInAs: null };
  expect(group([connection({ grant }), connection({ id: 'con_2', grant })])).toContain(
    'One sign-in for 2 accounts',
  );
});

it('offers what can be added, and signing in again only for what the person withheld', () => {
  expect(group([connection()])).toContain('Add another account of this sign-in');
  expect(group([connection({ grant: { ...MIRA, listsMore: false } })])).not.toContain('Add another');
  const missing = (withheld: boolean) => [
    connection({ missing: [{ words: { verbatim: 'Pages.', text: 'Pages.' }, withheld }] }),
  ];
  expect(group(missing(true))).toMatch(/Pages\..*Sign in again/);
  expect(group(missing(false))).toContain('Pages.');
  expect(group(missing(false))).not.toContain('Sign in again');
  expect(group(missing(true), false)).not.toContain('<button');
});

it('warns of an end that is near or has posts after it, and offers to reconnect', () => {
  const far = row({ endsAt: NOON });
  expect(far).toContain('reconnect by');
  expect(far).not.toContain('cannot be renewed');
  expect(row({ endsAt: NOON }, true)).toMatch(
    /This connection ends on .*Reconnect it before then\..*>Reconnect</,
  );
  expect(row({ endsAt: NOON, postsAfterEnd: 3 })).toContain('3 posts are scheduled after that.');
  expect(row({ endsAt: NOON, status: 'needs_reconnect' }, true)).not.toContain('cannot be renewed');
});

it('says what a connection may not do, if that is something people know by name', () => {
  const html = row({ capabilities: ['publish', 'upload'] }, false, ['engagement', 'lookup']);
  expect(html).toContain('It can publish posts, but not read results.');
  expect(row({}, false, ['lookup'])).not.toContain('It may');
});
