import { eq } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { emails } from '@/db/schema';
import { readMails } from '@/tests/support/mails';
import { requestReset as requestResetVerb } from './request-reset';
import { resetPassword as resetPasswordVerb } from './reset-password';
import { createUser, db, RIGHT_PASSWORD, unusedIp } from './test-person';
import { byVisitor, codeAsked, opened } from './testing';
import { HOUR } from './throttle';

const requestReset = byVisitor(requestResetVerb);
const resetPassword = byVisitor(resetPasswordVerb);

vi.mock('./password', async () => (await import('./test-doubles')).passwords);
vi.mock('@/server/domains/emails/render-email', async () => (await import('./test-doubles')).rendering);

describe('a link to set a new password', () => {
  const linkFor = async (email: string) =>
    (await readMails(db, eq(emails.toAddress, email)))
      .filter((m) => m.key.startsWith('reset:'))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((m) => /token=([\w-]+)/.exec(m.body)?.[1] ?? '');

  it('proves access to the mailbox: this browser needs no code, all others are forgotten, and the owner is notified', async () => {
    const p = await createUser();
    const before = opened(await p.attempt(RIGHT_PASSWORD));
    await p.strangers(60);
    const from = { ip: unusedIp(), userAgent: null };
    await requestReset({ ctx: p.ctx, input: { email: p.email, ...from } });
    const [token = ''] = await linkFor(p.email);
    const password = 'Lantern-pebble-62';
    const { device } = await resetPassword({ ctx: p.ctx, input: { token, password, ...from } });
    await p.strangers(60);
    opened(await p.attempt(password, { devices: [device] }));
    codeAsked(await p.attempt(password, { devices: [before.device] }));
    const mails = await readMails(db, eq(emails.toAddress, p.email));
    expect(
      mails.filter((m) => m.subject === 'security-notice').map((m) => JSON.parse(m.body).change),
    ).toEqual(['password_reset']);
  });

  it('cannot be invalidated or used up by strangers who request more', async () => {
    const p = await createUser();
    const ask = () =>
      requestReset({ ctx: p.ctx, input: { email: p.email, ip: unusedIp(), userAgent: null } });
    for (let i = 0; i < 5; i++) await ask();
    for (let i = 0; i < 20; i++) await expect(ask()).rejects.toMatchObject({ code: 'rate_limited' });
    const links = await linkFor(p.email);
    expect(links).toHaveLength(5);
    // Until the moment a new link can be requested, the links already sent still work.
    p.clock.advance(HOUR - 1);
    const from = { ip: unusedIp(), userAgent: null };
    await resetPassword({
      ctx: p.ctx,
      input: { token: links[0] ?? '', password: 'Lantern-pebble-62', ...from },
    });
    for (const token of links.slice(1))
      await expect(
        resetPassword({ ctx: p.ctx, input: { token, password: 'Another-lamp-73', ...from } }),
      ).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is not used up by a rejected password', async () => {
    const p = await createUser();
    const from = { ip: unusedIp(), userAgent: null };
    await requestReset({ ctx: p.ctx, input: { email: p.email, ...from } });
    const [token = ''] = await linkFor(p.email);
    await expect(
      resetPassword({ ctx: p.ctx, input: { token, password: 'Password1!', ...from } }),
    ).rejects.toMatchObject({
      code: 'invalid',
      fields: { password: { fact: 'accounts.errors.passwordGuessableHere' } },
    });
    await resetPassword({ ctx: p.ctx, input: { token, password: 'Lantern-pebble-62', ...from } });
  });
});
