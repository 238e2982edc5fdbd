import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Actor, linkActor, memberActor } from '@/server/verbs/context';
import { ROLES, type Role } from '@/server/verbs/permissions';
import { VERB_CASES } from './verbs';

/**
 * The least role for each verb that changes something. Written by hand, because the definitions contain what they require and this contains
 * what they should require. Every new verb must be added here.
 */
const LEAST: Record<Role | 'person' | 'visitor', string> = {
  owner: `
    billing.cancel billing.checkout billing.confirm billing.confirmPortal billing.portal billing.resume`,
  manager: `
    approvals.decide
    autoPosting.stop autoPosting.undoStop
    connections.choose connections.disconnect connections.dropChoice connections.more connections.signIn connections.start
    onboarding.completeStep onboarding.saveAutomation
    planning.addSlots planning.changeSlot planning.copySlots planning.removeSlots planning.saveFollowUpRule
    planning.saveMissed
    topics.choose
    workspace.update`,
  operator: `
    alerts.resolve
    autoPosting.emergencyStop autoPosting.pause autoPosting.start
    connections.check
    files.upload files.uploadMedia
    generation.write
    listings.create listings.delist listings.drawPicture listings.retry
    planning.changeSeries planning.createSeries planning.endSeries planning.removeEvergreen planning.reorder
    planning.setEvergreen
    posts.create posts.remove posts.update
    pricing.changePrice pricing.removeRule pricing.saveRule
    products.archive products.create products.restore products.update
    publications.cancel publications.reschedule publications.resolveUnknown publications.retry
    publications.retryMedia publications.schedule publications.setFollowUpRule
    sales.attributeEntry sales.leaveEntry sales.sync sales.takeBackEntry
    todo.complete todo.dismiss`,
  viewer: '',
  person: `
    account.cancelEmailChange account.changeEmail account.changePassword account.resendEmailChange
    account.resendVerification account.revokeOtherSessions account.revokeSession`,
  visitor: `
    account.confirmEmailChange account.enterCode account.register account.requestReset account.resendCode
    account.resetPassword account.signIn account.verifyEmail`,
};
const expected = new Map(
  Object.entries(LEAST).flatMap(([least, paths]) =>
    (paths.match(/\S+/g) ?? []).map((path) => [path, least] as const),
  ),
);
const changing = VERB_CASES.filter(({ verb }) => verb.effect === 'change');

/** Whether the verb admits this actor. */
function admits(verb: (typeof VERB_CASES)[number]['verb'], actor: Actor): boolean {
  try {
    verb.requireAccess({ actor } as never);
    return true;
  } catch {
    return false;
  }
}
const member = (role: Role) => memberActor({ userId: 'usr_1', name: 'Ann', role });

it('lists every verb that changes something, and no other', () => {
  expect([...expected.keys()].sort()).toEqual(changing.map(({ path }) => path).sort());
});

it('covers every verb that a domain defines', () => {
  const defined = readdirSync('server/domains', { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.ts$/.test(file))
    .flatMap((file) => [
      ...readFileSync(`server/domains/${file}`, 'utf8').matchAll(/defineVerb\(\{\s+verb: '([\w.]+)'/g),
    ])
    .map(([, path]) => path);
  expect(defined.sort()).toEqual(VERB_CASES.map(({ path }) => path).sort());
});

describe('the roles that may change something', () => {
  it.each(changing.map((line) => [line.path, line] as const))('%s', (path, { verb, least }) => {
    const role = expected.get(path);
    expect(least).toBe(role);
    if (role === 'person' || role === 'visitor') return;
    expect(ROLES.filter((one) => admits(verb, member(one)))).toEqual(
      ROLES.slice(ROLES.indexOf(role as Role)),
    );
  });
});

it('a viewer cannot change anything, and a link in an e-mail can only decide approvals', () => {
  const inWorkspace = changing.filter(({ least }) => least !== 'person' && least !== 'visitor');
  const admitted = (actor: Actor) =>
    inWorkspace.filter(({ verb }) => admits(verb, actor)).map(({ path }) => path);
  expect(admitted(member('viewer'))).toEqual([]);
  expect(admitted(linkActor({ userId: 'usr_1', name: 'Ann' }))).toEqual(['approvals.decide']);
});

it('only operators may call verbs that concern the whole installation', () => {
  const own = VERB_CASES.filter(({ least }) => least === 'installation').map(({ path }) => path);
  expect(own.sort()).toEqual(['billing.unreadEvents', 'runs.system']);
});
