import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { freePort, startPostgres } from '@/scripts/postgres.mjs';
import { appendToJournal, type StartMessage } from './messages';
import { followPace } from './pace';
import { POINTS, type PointKill, pointKills, postOf, timedFaults } from './plan';
import { bundle, type Child, start } from './processes';
import { drain, printState } from './rest';
import { isSynthetic, publishingPlatforms, unused } from './targets';

const all = publishingPlatforms();
const { values: options } = parseArgs({
  options: {
    n: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    platforms: { type: 'string', default: all.join(',') },
    /** Minimum number of accounts per platform; by default 10, more in a large run. Each account is a separate lane. */
    accounts: { type: 'string' },
    /** Duration of the faults in seconds; by default enough for `n`. */
    seconds: { type: 'string' },
    /** Kill at this point only, in every run of a worker. */
    point: { type: 'string' },
    /** Kinds of fault to omit: vendor, points, kill, cut, refuse, clock, expire, revoke. */
    without: { type: 'string', default: '' },
    /** Keep the journal and the processes' output. */
    keep: { type: 'boolean', default: false },
  },
});
const n = Number(options.n);
const seed = Number(options.seed);
const platforms = options.platforms.split(',');
const without = new Set(options.without.split(','));
const perPlatform = options.accounts ? Number(options.accounts) : Math.max(10, Math.ceil(n / 200));
const seconds = options.seconds ? Number(options.seconds) : Math.max(25, Math.ceil(n / 30));
const unknownPlatform = platforms.find((p) => !all.includes(p));
if (!Number.isInteger(n) || n < 1 || !Number.isInteger(seed) || unknownPlatform) {
  console.error(`Usage: npm run chaos -- [--n 10000] [--seed 1] [--platforms ${all.join(',')}]`);
  process.exit(2);
}
const began = performance.now();
const say = (text: string) => console.log(`[${((performance.now() - began) / 1000).toFixed(1)} s] ${text}`);
console.log(`seed ${seed}, ${n} posts on ${platforms.join(', ')}, ${seconds} s of faults`);

/** During faults, time advances by this much every `JUMP_EVERY_MS`, each time when no request is in progress. */
const JUMP_MS = 5_000;
const JUMP_EVERY_MS = 400;
/** A post has at most three faults, so nobody is asked more often about it. */
const ANSWER_ROUNDS = 5;
/** How often users look after their sign-ins. */
const CARE_EVERY_MS = 2_000;
/** Number of jumps after which the sandbox's users get another hour to see the posts. */
const CROWD_EVERY = 90;
const WORKERS = 2;
const POINTS_AT_ONCE = 3;
/** A worker that is not working after this time is stuck. */
const UP_WITHIN_MS = 60_000;
/** Minimum size of a run that must reach every named point, in posts. */
const WHOLE_RUN = 2000;

const scratch = mkdtempSync(path.join(tmpdir(), 'tributary-chaos-'));
const at = (name: string) => path.join(scratch, name);
const journal = at('journal.jsonl');
writeFileSync(journal, '');
const children = new Set<Child>();
const closing: (() => Promise<unknown> | unknown)[] = [];
let travel = 0;
let slowest = 1;
const pace = followPace(
  () => [process.pid, ...[...children].flatMap((c) => c.process.pid ?? [])],
  (slow) => {
    slowest = Math.max(slowest, slow);
    for (const child of children) child.tell({ slow });
  },
);
closing.push(() => pace.stop());
let kills = 0;
let timed = 0;
let faults = false;

process.once('uncaughtException', (error) => {
  console.error(error);
  void end(1);
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130));
main().then(end, (error: unknown) => {
  console.error(error);
  return end(1);
});

async function end(code: number): Promise<void> {
  over = true;
  for (const child of children) child.process.kill('SIGKILL');
  for (const close of closing.reverse()) await Promise.resolve(close()).catch(() => {});
  if (options.keep || code === 1)
    console.error(`The journal and the output of the processes are in ${scratch}`);
  else rmSync(scratch, { recursive: true, force: true });
  if (summary) console.log(summary);
  process.exit(code);
}

let over = false;
let summary = '';

async function main(): Promise<number> {
  const bundled = await bundle(['worker', 'vendor', 'sandbox']);
  closing.push(bundled.remove);
  const [vendorPort, sandboxPort] = [await freePort(), await freePort()];
  const postgres = await startPostgres();
  closing.push(() => postgres.stop());
  say('bundled, and PostgreSQL is up');
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  closing.push(() => admin.end());
  for (const name of ['chaos', 'chaos_sandbox']) await admin.query(`create database ${name}`);
  const urlOf = (database: string, name: string) => {
    const url = new URL(postgres.url);
    url.pathname = `/${database}`;
    url.searchParams.set('application_name', name);
    return url.toString();
  };
  const appUrl = `http://127.0.0.1:${vendorPort}`;
  const env = {
    NODE_ENV: 'production',
    TRIBUTARY_DATA_DIR: at('data'),
    TRIBUTARY_SANDBOX: '1',
    // The platforms' usual limits would only spread the run over hours.
    PLATFORM_LIMITS: JSON.stringify(
      Object.fromEntries(platforms.filter((p) => !isSynthetic(p)).map((p) => [p, []])),
    ),
    TRIBUTARY_LOG: 'warn',
    PORT: String(vendorPort),
    APP_URL: appUrl,
    CHAOS_VENDOR_PORT: String(vendorPort),
    CHAOS_SANDBOX_PORT: String(sandboxPort),
    CHAOS_VENDOR_STORE: at('effects.jsonl'),
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_PUBLIC_URL: `${appUrl}/sandbox`,
  };
  Object.assign(process.env, env, { DATABASE_URL: urlOf('chaos', 'harness'), TRIBUTARY_LOG: 'error' });
  // These modules read the settings when they are loaded, so they are imported only now.
  const [
    { openDb },
    world,
    { prepareSandbox },
    { countEffects, effectsOf, historyOf, interruptedRenewals, verifyRun },
  ] = await Promise.all([
    import('@/db/client'),
    import('./world'),
    import('./users'),
    import('./verify-run'),
  ]);
  const db = await openDb({ url: urlOf('chaos', 'harness'), driver: 'pg', pool: 2 });
  closing.push(() => db.close());
  await Promise.all([db.migrate(), prepareSandbox(urlOf('chaos_sandbox', 'harness'))]);

  const orders = (name: string, more: Partial<StartMessage> = {}): StartMessage => ({
    name,
    seed,
    journal,
    travel,
    skew: 0,
    faults,
    slow: pace.slow(),
    ...more,
  });
  const run = (
    entry: string,
    name: string,
    more: Record<string, string> = {},
    told: Partial<StartMessage> = {},
  ) => {
    const child = start(
      bundled.file(entry),
      at(`${name.replace(/-.*/, '')}.log`),
      { ...env, ...more },
      orders(name, told),
    );
    children.add(child);
    void child.ended.then(() => children.delete(child));
    return child;
  };
  const tellAll = (told: Parameters<Child['tell']>[0]) => {
    for (const child of children) child.tell(told);
  };

  run('sandbox', 'sandbox', { DATABASE_URL: urlOf('chaos_sandbox', 'sandbox') });
  const vendor = run('vendor', 'vendor', { DATABASE_URL: urlOf('chaos', 'vendor') });
  await vendor.ready;
  const sandbox = `http://127.0.0.1:${sandboxPort}/sandbox`;
  await until(
    () => fetch(`${sandbox}/control/accounts`).then((r) => r.ok),
    30_000,
    'waiting for the sandbox',
  );
  const sandboxUrl = urlOf('chaos_sandbox', 'harness');
  const { workspaceId, users, accounts, files } = await world.connectAll(db, {
    platforms,
    perPlatform,
    sandbox,
    sandboxUrl,
    travel: () => travel,
  });
  closing.push(() => users.close());
  const speed = 1 + JUMP_MS / JUMP_EVERY_MS;
  const scheduled = await world.schedule(db, {
    workspaceId,
    accounts,
    files,
    n,
    seed,
    from: Date.now() + 1_000,
    spanMs: Math.floor(seconds * 1000 * speed * 0.7),
  });
  const required = scheduled.filter((s) => !s.optional).length;
  const pictured = scheduled.filter((s) => s.pictures.length > 0);
  const refused = scheduled.filter((s) => s.refused).length;
  say(
    `${required} posts are scheduled on ${accounts.length} accounts, with ${scheduled.length - required} possible follow-ups; ${pictured.length} have pictures; the platforms refuse ${refused}`,
  );

  // Workers run until the end: a killed one is restarted immediately, with the next points to be killed at.
  faults = true;
  if (!without.has('vendor')) vendor.tell({ faults });
  const points = pointKills(seed, n);
  /** Points that each worker carries. Those that it does not reach go to its successor. */
  const carried: PointKill[][] = Array.from({ length: WORKERS }, () => []);
  const nextKills = (index: number): Record<string, number> => {
    const list = carried[index] ?? [];
    while (list.length < POINTS_AT_ONCE) {
      const next = points.next().value;
      if (!list.some((k) => k.point === next.point)) list.push(next);
    }
    return Object.fromEntries(list.map((k) => [options.point ?? k.point, k.hit]));
  };
  const workers: { child: Child; life: number }[] = [];
  const quits: string[] = [];
  const stuck: string[] = [];
  const notUp = (child: Child): Promise<boolean> => {
    const since = pace.ms();
    return Promise.race([
      child.up.then(() => false),
      (async () => {
        while (!over && pace.ms() - since < UP_WITHIN_MS) await pace.pass(1_000);
        return true;
      })(),
    ]);
  };
  const standBy = () => run('worker', 'worker', { DATABASE_URL: urlOf('chaos', 'app') });
  let spare = standBy();
  const live = (index: number): void => {
    const life = (workers[index]?.life ?? 0) + 1;
    const name = `worker${index}-${life}`;
    const order = faults && !without.has('points') ? { kills: nextKills(index) } : {};
    const child = spare;
    spare = standBy();
    workers[index] = { child, life };
    void child.ready.then(() => child.tell({ go: orders(name, order) }));
    void notUp(child).then(async (late) => {
      if (!late || over) return;
      stuck.push(`${name} did not start working`);
      child.process.kill('SIGUSR2');
      await pace.pass(3_000);
      child.process.kill('SIGKILL');
    });
    void child.ended.then(async ({ code, signal }) => {
      if (over) return;
      appendToJournal(journal, { worker: name, died: true });
      if (signal === 'SIGKILL') {
        kills++;
        const died = diedAt(journal, name);
        carried[index] = carried[index]?.filter((k) => k.point !== died) ?? [];
      } else {
        quits.push(`${name} exited with ${signal ?? code}${faults ? '' : ' without a fault'}`);
        // A short delay, like that of a process supervisor.
        await pace.pass(300);
      }
      if (!over) live(index);
    });
  };
  for (let i = 0; i < WORKERS; i++) live(i);

  const idle = () =>
    new Promise<void>((resolve) => {
      const heard = (m: unknown) => {
        if (!(m as { idle?: boolean }).idle) return;
        vendor.process.off('message', heard);
        resolve();
      };
      vendor.process.on('message', heard);
      vendor.tell({ ask: 'idle' });
    });
  const jump = async (ms: number) => {
    await idle();
    travel += ms;
    tellAll({ travel });
  };
  const cut = (share: number) =>
    admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = 'chaos' and application_name = 'app' and random() < $1`,
      [share],
    );
  const started = pace.ms();
  const elapsed = () => pace.ms() - started;
  // On a slow machine, the faults continue until most posts have been attempted at least once.
  const longest = seconds * 3000;
  let tried = false;
  const watching = (async () => {
    while (!tried && elapsed() < longest) {
      await pace.pass(500);
      const untried = await db
        .asSystem((tx) => tx.execute(sql`select count(*)::int as n from publications where attempts = 0`))
        .then((r) => Number((r as unknown as { rows: { n: number }[] }).rows[0]?.n))
        .catch(() => n);
      tried = elapsed() > seconds * 1000 && untried < n / 20;
    }
  })();
  const jumping = (async () => {
    for (let i = 1; !tried && elapsed() < longest; i++) {
      await pace.pass(JUMP_EVERY_MS);
      await jump(JUMP_MS);
      if (i % CROWD_EVERY > 0) continue;
      const hour = new URLSearchParams({ hours: '1' });
      await fetch(`${sandbox}/control/advance`, { method: 'POST', body: hour });
    }
  })();
  /** Users notice that their sign-ins have ended, and act, until the run ends. While the database is away, they try again later. */
  const care = () => users.act().catch(() => 1);
  const caring = (async () => {
    while (!tried && elapsed() < longest) {
      await pace.pass(CARE_EVERY_MS);
      await care();
    }
  })();
  const timedPlan = timedFaults(seed, {
    duration: longest,
    usual: seconds * 1000,
    workers: WORKERS,
    platforms: platforms.filter((p) => !isSynthetic(p)),
  });
  for (const fault of timedPlan) {
    while (!tried && fault.at > elapsed()) await pace.pass(Math.min(200, fault.at - elapsed()));
    if (tried) break;
    if (without.has(fault.kind)) continue;
    if (fault.kind === 'kill') workers[fault.worker]?.child.process.kill('SIGKILL');
    else if (fault.kind === 'clock') workers[fault.worker]?.child.tell({ skew: fault.ms });
    else if (fault.kind === 'cut') await cut(fault.share);
    else if (fault.kind === 'expire') await users.expire(fault.share);
    else if (fault.kind === 'revoke') await users.revoke(fault.platform, fault.which);
    else {
      appendToJournal(journal, { away: true });
      await admin.query('alter database chaos with allow_connections false');
      await cut(1);
      await pace.pass(fault.ms);
      appendToJournal(journal, { away: true });
      await admin.query('alter database chaos with allow_connections true');
    }
    if (fault.kind !== 'kill') timed++;
  }
  await watching;
  await jumping;
  await caring;
  faults = false;
  // The plan's faults for publish requests continue: each post gets its faults whenever it is sent.
  tellAll({ faults, skew: 0 });
  say(
    `faults ended after ${kills} kills; the machine was up to ${slowest.toFixed(1)} times slower than when idle; draining`,
  );

  const rest = async () => {
    const left = await drain(db, {
      limitMs: 180_000 + n * 30,
      pace,
      now: () => Date.now() + travel,
      jump,
      care,
    });
    if (left > 0) {
      say(`${left} publications did not complete`);
      await printState(admin, urlOf('chaos', 'harness'), Date.now() + travel);
    }
    // A completed publication may still have a run that sends a request, so let those finish before counting.
    for (let i = 0; i < 8; i++) {
      await jump(30_000);
      await pace.pass(150);
    }
    await idle();
  };
  await rest();
  say('all publications came to rest');
  const sandboxAdmin = new pg.Client({ connectionString: sandboxUrl });
  await sandboxAdmin.connect();
  closing.push(() => sandboxAdmin.end());
  const looksUp = new Set(accounts.flatMap(({ platform, traits }) => (traits.looksUp ? [platform] : [])));
  const known = { looksUp, unclear: (ids: readonly string[]) => users.unclear(ids), retried: users.retried };
  let effects = await countEffects(at('effects.jsonl'), sandboxAdmin);
  const result = await verifyRun(db, scheduled, effects, known);
  const retried = users.retried.size;
  // Users answer what they are asked, until nothing is open. Each post has only a few faults.
  let expected = scheduled;
  let asked = 0;
  for (let round = 0; round < ANSWER_ROUNDS; round++) {
    const there = new Map(expected.map((one) => [one.id, effectsOf(one, effects).map(({ id }) => id)]));
    const { answered, ended } = await users.answer((id) => there.get(id) ?? []);
    if (answered.length === 0) break;
    asked += answered.length;
    for (const id of answered) users.retried.add(postOf(id));
    // The parts behind a post that was given no address are left out.
    expected = expected.filter((one) => !ended.some((id) => postOf(one.id) === postOf(id) && one.id > id));
    await rest();
    effects = await countEffects(at('effects.jsonl'), sandboxAdmin);
  }
  const final = await verifyRun(db, expected, effects, known);
  say(
    `users answered ${asked} questions; after that, ${final.published} of ${final.scheduled} are published`,
  );
  for (const breach of final.breaches)
    if (!result.breaches.some(({ number, why }) => number === breach.number && why === breach.why))
      result.breaches.push({ ...breach, why: `${breach.why} (after the answers)` });
  if (final.waiting > 0) console.error(`${final.waiting} publications still wait for an answer`);
  const { rows: renewed } = await sandboxAdmin.query<{ n: number }>(
    "select count(*)::int as n from tributary_sandbox.tokens where kind = 'refresh' and used_at is not null",
  );
  const { rows: ended } = await sandboxAdmin.query<{ id: string; platform: string }>(
    'select id, platform from tributary_sandbox.grants where revoked_at is not null',
  );
  const entries = readFileSync(journal, 'utf8')
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  for (const { number, id, why } of result.breaches.slice(0, 20))
    console.error(`post ${number} (${id}): ${why}\n${await historyOf(db, id, number, journal)}`);
  if (result.breaches.length > 20) console.error(`… and ${result.breaches.length - 20} more`);
  const crashes = entries.filter((e) => e.crash);
  for (const crash of crashes.slice(0, 5)) console.error(`${crash.worker} crashed: ${crash.crash}`);
  const quiet = quits.filter((q) => q.endsWith('without a fault'));
  for (const line of [...quiet, ...stuck]) console.error(line);
  const reached = new Set(entries.flatMap((e) => (typeof e.point === 'string' ? [e.point] : [])));
  const unlisted = [...reached].filter((p) => !(p in POINTS) && !/^runner: (renew|release|clean up)/.test(p));
  if (unlisted.length > 0) console.error(`points missing from the plan: ${unlisted.join(', ')}`);
  const killedAt = new Set(entries.flatMap((e) => (typeof e.killed === 'string' ? [e.killed] : [])));
  const kinds = new Map<string, number>();
  for (const e of entries) if (typeof e.fault === 'string') kinds.set(e.fault, (kinds.get(e.fault) ?? 0) + 1);
  const vendorFaults = [...kinds.values()].reduce((a, b) => a + b, 0);
  say(
    `killed at ${killedAt.size} of ${Object.keys(POINTS).length} points; ${quits.length} starts failed while PostgreSQL refused connections`,
  );
  say(
    `sign-ins: ${renewed[0]?.n} renewed, ${ended.length} ended; ${retried} publications were sent again after that`,
  );
  const lostSignIns = ended.filter(({ id }) => !users.ended.has(id));
  const mayBeLost = interruptedRenewals(entries, slowest);
  const tooMany = lostSignIns.length > mayBeLost;
  if (lostSignIns.length > 0)
    (tooMany ? console.error : say)(
      `sign-ins lost in a renewal: ${lostSignIns.length} (${lostSignIns.map(({ platform }) => platform).join(', ')}); ${mayBeLost} renewals were interrupted`,
    );
  const unreached = Object.keys(POINTS).filter((p) => !reached.has(p));
  if (unreached.length > 0) say(`points never reached: ${unreached.join(', ')}`);
  // A large enough run with all faults must reach every point; a point that it does not reach is dead.
  const whole = n >= WHOLE_RUN && platforms.length === all.length && without.has('') && !options.point;
  const dead = whole ? unreached : [];
  if (dead.length > 0) console.error(`a run of ${n} posts must reach every point`);
  say(
    `faults: ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ')}; ${timed} in PostgreSQL and clocks`,
  );
  const untouched = unused(platforms, result.platforms);
  if (untouched.length > 0) console.error(`nothing was published on ${untouched.join(', ')}`);
  const { published, duplicates, lost, waiting } = result;
  summary = JSON.stringify({
    seed,
    scheduled: result.scheduled,
    published,
    duplicates,
    lost,
    waiting,
    kills,
    faults: vendorFaults + timed,
    retried,
    platforms: result.platforms,
  });
  return result.breaches.length +
    crashes.length +
    quiet.length +
    stuck.length +
    unlisted.length +
    untouched.length +
    (tooMany ? 1 : 0) +
    final.waiting +
    dead.length >
    0
    ? 1
    : 0;
}

/** Returns the point at which this worker killed itself, if it did, from the end of the journal. */
function diedAt(journal: string, name: string): string | undefined {
  const lines = readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"killed"') && line.endsWith('}'));
  for (const line of lines.reverse()) {
    const entry = JSON.parse(line) as { worker?: string; killed?: string };
    if (entry.worker === name && entry.killed) return entry.killed;
  }
  return undefined;
}

async function until(holds: () => Promise<boolean>, limitMs: number, what: string): Promise<void> {
  const end = pace.ms() + limitMs;
  while (pace.ms() < end) {
    if (await holds().catch(() => false)) return;
    await pace.pass(100);
  }
  throw new Error(`Timed out after ${limitMs} ms: ${what}`);
}
