import { createServer as createHttp, type Server as HttpServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer as createTcp, type Server } from 'node:net';
import { eq } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Db, Tx } from '@/db/client';
import { emails, users } from '@/db/schema';
import { type Template, templates } from '@/emails';
import { ManualClock } from '@/server/foundation/clock';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { queueEmail } from './queue-email';
import { renderEmail } from './render-email';
import { sendQueuedEmails } from './send-queued-emails';
import { type SendEmail, SendError, throughResend, throughSmtp } from './transport';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  return () => db.close();
});
const open: (Server | HttpServer)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => new Promise((done) => server.close(done))));
  await db.asSystem((tx) => tx.delete(emails));
});

const mail = { subject: 'Hello', html: '<p>Hello <b>you</b></p>', body: 'Hello you' };
const welcome = { template: 'welcome', props: { url: 'https://tributary.example/onboarding' } } as const;
async function queue(keys: string[]) {
  await db.asSystem(async (tx) => {
    for (const key of keys) await queueEmail(tx, { key, to: `${key}@example.test`, ...welcome });
  });
}
const rows = () => db.asSystem((tx) => tx.select().from(emails).orderBy(emails.key));
const at = () => ({ db, clock: new ManualClock('2026-03-02T10:00:00Z') });

describe('the templates', () => {
  it.each(Object.keys(templates) as Template[])(
    '%s renders its preview as HTML and as text',
    async (name) => {
      const { preview } = await templates[name]();
      // Each preview has its own template's props.
      const rendered = await renderEmail(name, preview as never, 'en');
      expect(rendered.subject.length).toBeGreaterThan(5);
      expect(rendered.html).toMatch(/^<!DOCTYPE html/);
      for (const address of JSON.stringify(preview).match(/https:\/\/[^"]+/g) ?? []) {
        expect(rendered.html).toContain(address.replaceAll('&', '&amp;'));
        expect(rendered.body).toContain(address);
      }
      expect(rendered.body).not.toMatch(/<\w+/);
      expect(rendered.subject + rendered.body).not.toContain('!');
    },
  );

  it('escape user input, also in the subject', async () => {
    const rendered = await renderEmail(
      'approval-decided',
      {
        title: 'A\r\nBcc: x@example.test <script>alert(1)</script>',
        decision: 'approved',
        by: '<img src=x>',
        url: 'https://tributary.example/todo',
      },
      'en',
    );
    expect(rendered.subject).not.toMatch(/[\r\n]/);
    expect(rendered.html).not.toContain('<script>');
    expect(rendered.html).not.toContain('<img src=x>');
  });

  it('cut a long subject between two characters', async () => {
    const { subject } = await renderEmail(
      'approval-decided',
      {
        title: '👩‍👩‍👧‍👦'.repeat(18),
        decision: 'approved',
        by: 'Ada',
        url: 'https://tributary.example/todo',
      },
      'en',
    );
    expect(subject.length).toBeLessThanOrEqual(200);
    expect(subject).toMatch(/👩‍👩‍👧‍👦[^\p{Extended_Pictographic}\u200D]*$/u);
  });
});

describe('in another language', () => {
  /** Returns all texts in a value. */
  const textsIn = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value !== null
        ? Object.values(value).flatMap(textsIn)
        : [];
  it.each(Object.keys(templates) as Template[])('%s contains no text outside the catalogue', async (name) => {
    const { preview } = await templates[name]();
    const { subject, html, body } = await renderEmail(name, preview as never, 'en-XA');
    expect(html).toContain('lang="en-XA"');
    const visible = html.replace(/<(style|head)\b.*?<\/\1>/gs, '').replace(/<[^>]+>/g, '\n');
    for (const text of [subject, visible, body]) {
      // Plain-text e-mails have their headings in capitals.
      let said = text.toLowerCase();
      const data = textsIn(preview).map((one) => one.toLowerCase());
      for (const one of data.sort((a, b) => b.length - a.length))
        said = said.replaceAll(one, '').replaceAll(one.replaceAll('&', '&amp;'), '');
      for (let before = ''; before !== said; ) {
        before = said;
        said = said.replace(/⟦[^⟦⟧]*⟧/g, '');
      }
      expect(said.match(/\p{L}+/gu) ?? []).toEqual([]);
    }
  });
});

describe('queueing', () => {
  it('lets a workspace read the name, address and language of its members, and nothing about other users', async () => {
    const [ours, theirs] = [await createWorld(db), await createWorld(db)];
    const seen = await db.asWorkspace(ours.workspaceId, (tx) =>
      tx.select({ id: users.id, email: users.email, name: users.name, locale: users.locale }).from(users),
    );
    expect(seen).toMatchObject([{ id: ours.userId, email: ours.email, locale: 'en' }]);
    for (const forbidden of [
      (tx: Tx) => tx.select({ hash: users.passwordHash }).from(users),
      (tx: Tx) => tx.update(users).set({ name: 'Eve' }).where(eq(users.id, ours.userId)),
      (tx: Tx) => tx.select({ id: users.id }).from(users).where(eq(users.id, theirs.userId)).for('update'),
    ])
      await expect(db.asWorkspace(ours.workspaceId, async (tx) => forbidden(tx))).rejects.toThrow();
  });
  it('stores no props without a recipient, and the template’s props with one', async () => {
    await db.asSystem(async (tx) => {
      await queueEmail(tx, { key: 'somebody', to: 'a@example.test', ...welcome, locale: 'en' });
      await queueEmail(tx, { key: 'nobody', to: null, ...welcome });
    });
    expect((await rows()).map((r) => [r.key, r.status, r.template, r.props])).toEqual([
      ['nobody', 'void', 'welcome', {}],
      ['somebody', 'queued', 'welcome', welcome.props],
    ]);
  });

  it('is allowed to a workspace, which cannot read any e-mail', async () => {
    const world = await createWorld(db);
    await db.asWorkspace(world.workspaceId, (tx) =>
      queueEmail(tx, { key: 'a', to: 'a@example.test', ...welcome }),
    );
    await db.asWorkspace(world.workspaceId, (tx) =>
      queueEmail(tx, { key: 'a', to: 'b@example.test', ...welcome }),
    );
    expect((await rows()).map((r) => r.toAddress)).toEqual(['a@example.test']);
    await expect(db.asWorkspace(world.workspaceId, (tx) => tx.select().from(emails))).rejects.toThrow();
  });
});

describe('sending', () => {
  it('keeps everything readable if there is no transport', async () => {
    await queue(['a', 'b']);
    expect(await sendQueuedEmails({ ctx: at(), send: null })).toMatchObject({ kept: 2 });
    expect((await rows()).map((r) => [r.status, r.props])).toEqual([
      ['kept', welcome.props],
      ['kept', welcome.props],
    ]);
  });

  it('retries temporary failures, gives up on permanent ones, and sends the rest', async () => {
    const ctx = at();
    await queue(['bad', 'busy', 'good']);
    const calls: string[] = [];
    let busy = true;
    const send: SendEmail = async ({ to }) => {
      calls.push(to.split('@')[0] ?? '');
      if (to.startsWith('bad')) throw new SendError('no such person', true);
      if (to.startsWith('busy') && busy) throw new Error('boom with a secret');
      return 'provider-1';
    };
    expect(await sendQueuedEmails({ ctx, send })).toMatchObject({ sent: 1, retrying: 1, failed: 1 });
    expect((await rows()).map((r) => [r.key, r.status, r.error])).toEqual([
      ['bad', 'failed', 'no such person'],
      ['busy', 'queued', 'unsent'],
      ['good', 'sent', null],
    ]);
    expect((await rows()).find((r) => r.key === 'good')).toMatchObject({
      props: {},
      providerId: 'provider-1',
    });
    expect(await sendQueuedEmails({ ctx, send })).toMatchObject({ sent: 0 });
    busy = false;
    ctx.clock.advance(60_000);
    expect(await sendQueuedEmails({ ctx, send })).toMatchObject({ sent: 1 });
    expect(calls.filter((c) => c === 'busy')).toHaveLength(2);
    expect(calls.filter((c) => c === 'bad')).toHaveLength(1);
  });

  it('keeps an e-mail that cannot be rendered for a process that can, gives up eventually, and sends the rest', async () => {
    await queue(['good', 'holey', 'unknown']);
    await db.asSystem(async (tx) => {
      await tx.update(emails).set({ template: 'no-such' }).where(eq(emails.key, 'unknown'));
      await tx
        .update(emails)
        .set({ template: 'emergency-stop', props: { url: 'https://a.test' } })
        .where(eq(emails.key, 'holey'));
    });
    const sent: string[] = [];
    const send: SendEmail = async ({ to }) => {
      sent.push(to);
      return 'p';
    };
    const ctx = at();
    expect(await sendQueuedEmails({ ctx, send })).toMatchObject({ sent: 1, failed: 0, retrying: 2 });
    expect(sent).toEqual(['good@example.test']);
    for (const row of (await rows()).slice(1)) {
      expect(row).toMatchObject({ status: 'queued', error: 'unrendered' });
      expect(row.props).not.toEqual({});
    }
    for (let attempt = 2; attempt <= 9; attempt++) {
      ctx.clock.advance(3 * 3_600_000);
      await sendQueuedEmails({ ctx, send });
    }
    for (const row of (await rows()).slice(1))
      expect(row).toMatchObject({ status: 'failed', error: 'unrendered', props: {} });
  });

  it('gives up after nine attempts, with increasing waits', async () => {
    const ctx = at();
    await queue(['never']);
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      await sendQueuedEmails({ ctx, send: async () => Promise.reject(new SendError('down', false)) });
      const [row] = await rows();
      if (row?.nextAttemptAt) {
        waits.push((row.nextAttemptAt.getTime() - ctx.clock.now().getTime()) / 60_000);
        ctx.clock.set(row.nextAttemptAt);
      }
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128]);
    expect((await rows())[0]).toMatchObject({ status: 'failed', attempts: 9 });
  });

  it('offers an e-mail again under the same id if its process crashed while sending', async () => {
    const ctx = at();
    await queue(['a']);
    const ids: string[] = [];
    // Simulates a crash: the row is leased, and no process settles it.
    await db.asSystem((tx) =>
      tx.update(emails).set({
        status: 'sending',
        attempts: 1,
        nextAttemptAt: new Date(ctx.clock.now().getTime() + 300_000),
      }),
    );
    const send: SendEmail = async ({ id }) => {
      ids.push(id);
      return 'p';
    };
    await sendQueuedEmails({ ctx, send });
    expect(ids).toHaveLength(0);
    ctx.clock.advance(300_000);
    await sendQueuedEmails({ ctx, send });
    expect(ids).toEqual([(await rows())[0]?.id]);
  });

  it.each(['queued', 'sending'] as const)(
    'sends an e-mail that was %s while the clock was ahead',
    async (status) => {
      const ctx = at();
      await queue(['a']);
      const nextAttemptAt = new Date(ctx.clock.now().getTime() + 30 * 86_400_000);
      await db.asSystem((tx) => tx.update(emails).set({ status, attempts: 1, nextAttemptAt }));
      expect(await sendQueuedEmails({ ctx, send: async () => 'p' })).toMatchObject({ sent: 1 });
    },
  );

  it('does not let a late attempt settle an e-mail that another one took over', async () => {
    const ctx = at();
    await queue(['a']);
    let inner = false;
    const result = await sendQueuedEmails({
      ctx,
      send: async () => {
        if (inner) return 'second';
        inner = true;
        ctx.clock.advance(300_000);
        await sendQueuedEmails({ ctx, send: async () => 'second' });
        throw new SendError('too late', false);
      },
    });
    expect(result).toMatchObject({ sent: 0, retrying: 0 });
    expect((await rows())[0]).toMatchObject({ status: 'sent', providerId: 'second', attempts: 2 });
  });
});

/** A minimal mail server: RFC 5321's commands, one reply each. `refuse` is the reply to RCPT. */
async function smtpServer(refuse?: string) {
  const received: string[] = [];
  const server = createTcp((socket) => {
    let data: string | null = null;
    let pending = '';
    socket.on('error', () => {});
    socket.write('220 test ESMTP\r\n');
    socket.on('data', (chunk) => {
      pending += chunk.toString('utf8');
      for (;;) {
        if (data !== null) {
          const end = pending.indexOf('\r\n.\r\n');
          if (end < 0) return;
          received.push(data + pending.slice(0, end));
          pending = pending.slice(end + 5);
          data = null;
          socket.write('250 taken\r\n');
          continue;
        }
        const end = pending.indexOf('\r\n');
        if (end < 0) return;
        const line = pending.slice(0, end).toUpperCase();
        pending = pending.slice(end + 2);
        if (line.startsWith('EHLO')) socket.write('250-test\r\n250 8BITMIME\r\n');
        else if (line.startsWith('RCPT') && refuse) socket.write(`${refuse}\r\n`);
        else if (line === 'DATA') {
          data = '';
          socket.write('354 go on\r\n');
        } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push(server);
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

const outgoing = () => ({ id: newId('email'), to: 'mira@example.test', ...mail });

describe('SMTP', () => {
  it('delivers over a real connection, always with the same Message-ID', async () => {
    const server = await smtpServer();
    const send = throughSmtp(server.url, 'Tributary <hello@tributary.example>');
    const one = outgoing();
    await send(one);
    await send(one);
    expect(server.received).toHaveLength(2);
    for (const text of server.received) {
      expect(text).toContain('From: Tributary <hello@tributary.example>');
      expect(text).toContain('To: mira@example.test');
      expect(text).toContain(`Message-ID: <${one.id}@tributary.example>`);
      expect(text).toContain('Hello <b>you</b>');
    }
  });
  it.each([
    ['550 no such person', true],
    ['451 try later', false],
  ])('classifies "%s" as permanent: %s', async (answer, permanent) => {
    const server = await smtpServer(answer);
    const error = await throughSmtp(server.url, 'a@example.test')(outgoing()).catch((e) => e);
    expect(error).toMatchObject({ name: 'SendError', permanent });
  });
  it('classifies an unreachable server as not permanent', async () => {
    const error = await throughSmtp('smtp://127.0.0.1:1', 'a@example.test')(outgoing()).catch((e) => e);
    expect(error).toMatchObject({ name: 'SendError', permanent: false });
  });
});

describe('Resend', () => {
  async function resend(status: number, answer: unknown) {
    const seen: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = [];
    const server = createHttp((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push({ url: request.url, headers: request.headers, body });
        response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    open.push(server);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { seen, send: throughResend('re_test', 'Tributary <hello@tributary.example>', url) };
  }
  it('uses the row’s id as the idempotency key', async () => {
    const { seen, send } = await resend(200, { id: 'resend-7' });
    const one = outgoing();
    expect(await send(one)).toBe('resend-7');
    expect(seen[0]?.url).toBe('/emails');
    expect(seen[0]?.headers).toMatchObject({ 'idempotency-key': one.id, authorization: 'Bearer re_test' });
    expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ to: one.to, text: one.body, html: one.html });
  });
  it.each([
    [422, true],
    [401, false],
    [429, false],
    [500, false],
  ])('classifies status %i as permanent: %s', async (status, permanent) => {
    const { send } = await resend(status, { statusCode: status, name: 'some_error', message: 'secret text' });
    const error = await send(outgoing()).catch((e) => e);
    expect(error).toMatchObject({ name: 'SendError', permanent });
    expect(error.message).not.toContain('secret');
  });
});

describe('the outbox', () => {
  it('finds an e-mail only by its id', async () => {
    await queue(['a']);
    const { listOutbox, readOutbox } = await import('./queries');
    const { items, total } = await listOutbox({ db }, { reader: { kind: 'all' }, limit: 10 });
    expect(total).toBe(1);
    expect((await readOutbox({ db }, { reader: { kind: 'all' }, id: items[0]?.id ?? '' }))?.body).toContain(
      welcome.props.url,
    );
    expect(await readOutbox({ db }, { reader: { kind: 'all' }, id: 'eml_x' })).toBeNull();
    const [row] = await db.asSystem((tx) => tx.select().from(emails).where(eq(emails.key, 'a')));
    expect(row?.status).toBe('queued');
  });

  it('says so if an e-mail was emptied or cannot be rendered', async () => {
    const { listOutbox, readOutbox } = await import('./queries');
    await queue(['a', 'b']);
    await db.asSystem(async (tx) => {
      await tx.update(emails).set({ props: {} }).where(eq(emails.key, 'a'));
      await tx.update(emails).set({ template: 'no-such' }).where(eq(emails.key, 'b'));
    });
    const { items } = await listOutbox({ db }, { reader: { kind: 'all' }, limit: 10 });
    expect(items.map(({ subject }) => subject).sort()).toEqual([
      'We cannot show this e-mail.',
      'We do not keep the text of an e-mail after it was sent or could not be delivered.',
    ]);
    for (const { id, subject } of items)
      expect(await readOutbox({ db }, { reader: { kind: 'all' }, id })).toMatchObject({ body: subject });
  });
});
