import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PUBLICATION_STATES } from '@/db/schema';
import { type Position, STEPS, type StepName, take } from './transitions';

/**
 * The publisher in small: one row, workers with their claims, a platform that counts effects, people with the version that
 * they last saw. Every move is one that a process can make at any time; fast-check chooses the order.
 */
class Model {
  at: Position;
  tokens = 0;
  lease = false;
  /** Effects, and how many of them a person's word or a platform's "it is not there" had allowed. */
  effects = 0;
  sends = 0;
  /** Sends that are still under way or with an unknown outcome and that were not yet settled by a look. */
  open = 0;
  cancelledAt: number | null = null;
  /** Nothing starts while the workspace is held. */
  held = false;
  heldSends = 0;
  /** What the stop that cancelled the row, or the question about it, remembers. */
  stopped: 'awaiting_approval' | 'scheduled' | null = null;
  asked = false;
  /** A stop found it on its way or in doubt. */
  marked = false;
  workers: {
    version: number;
    token: string;
    stage: 'claimed' | 'started' | 'looking' | 'late';
    landed?: boolean;
  }[] = [];

  /** Where the platform knows a key it cannot be asked, and the other way about. */
  readonly keyed: boolean;
  /** The key of the last attempt, those under which it is there, and whether somebody must still find out about an earlier attempt. */
  key = '';
  landedKeys = new Set<string>();
  doubt = false;
  /** A person said that it is not there and was wrong. */
  mistaken = false;

  constructor(begins: 'awaiting_approval' | 'scheduled' | 'queued', keyed = false) {
    this.keyed = keyed;
    this.at = { state: begins, version: 1, token: begins === 'queued' ? 'born' : null };
    // The run that settled the one before it goes on with it; the claim's lease is as any other.
    if (this.at.token) {
      this.workers.push({ version: 1, token: this.at.token, stage: 'claimed' });
      this.lease = true;
    }
  }
  /** What may be out is neither moved nor taken back: a person is asked. */
  asksInstead(holder: { version?: number }): boolean {
    return this.doubt && holder.version === this.at.version && this.move('doubtLate');
  }
  move(
    name: StepName,
    holder: { version?: number; token?: string | null } = {},
    token: string | null = null,
  ) {
    const next = take(this.at, name, holder, token);
    if (next) this.at = next;
    if (next?.state === 'failed') this.marked = false;
    return next !== null;
  }
  /** It waits for another attempt; or, when a stop found it on its way, it is cancelled with the queue, or asked about. */
  again(name: 'postpone' | 'sendAgain', worker: { version: number; token: string }) {
    if (!this.marked) return this.move(name, worker);
    if (name === 'postpone' && this.doubt) return this.move('askPerson', worker);
    if (!this.move('stopLate', worker)) return false;
    this.stopped = 'scheduled';
    this.cancelledAt = this.sends;
    this.marked = false;
    return true;
  }
  worker(i: number) {
    return this.workers.length === 0 ? undefined : this.workers[i % this.workers.length];
  }
  drop(worker: Model['workers'][number]) {
    this.workers = this.workers.filter((w) => w !== worker);
  }
}

type Op = { op: string; i: number; yes: boolean };
const operations: Record<string, (m: Model, i: number, yes: boolean) => void> = {
  approve: (m) => void m.move('approve'),
  reject: (m) => void m.move('reject'),
  claim: (m, i) => {
    // A claim that began before the hold may end beside it; most see it.
    if (m.held && i > 0) return;
    const token = `t${++m.tokens}`;
    if (m.move('claim', {}, token)) {
      m.workers.push({ version: m.at.version, token, stage: 'claimed' });
      m.lease = true;
    }
  },
  // An event that is delivered twice.
  duplicate: (m, i) => {
    const w = m.worker(i);
    if (w) m.workers.push({ version: w.version, token: w.token, stage: 'claimed' });
  },
  leaseEnds: (m) => {
    m.lease = false;
  },
  recover: (m) => {
    if (m.lease) return;
    if (m.move('release')) return;
    const token = `t${++m.tokens}`;
    // A look's "it is not there" counts only when nothing of the attempt can arrive any more (`ABSENCE_GRACE_MS`).
    if (m.move('takeOver', {}, token)) {
      // What it came to may still be written: the answer was there before the lease was over.
      for (const w of m.workers) if (w.stage === 'started') w.stage = 'late';
      m.workers.push({ version: m.at.version, token, stage: 'looking' });
      m.lease = true;
    }
  },
  start: (m, i, lands) => {
    const w = m.worker(i);
    if (w?.stage !== 'claimed') return;
    if (m.held) return m.drop(w);
    // Whoever comes for a connection starts the first in its lane, under the claim that it has by then.
    if (!m.move('start')) return m.drop(w);
    w.version = m.at.version;
    w.token = m.at.token ?? '';
    m.lease = true;
    m.sends++;
    m.open++;
    w.stage = 'started';
    if (!m.doubt) m.key = `${m.at.version}:${m.sends}`;
    w.landed = lands || m.landedKeys.has(m.keyed ? m.key : '');
    if (!lands || (m.keyed && m.landedKeys.has(m.key))) return;
    m.landedKeys.add(m.key);
    m.effects++;
  },
  wait: (m) => void m.move('wait'),
  crash: (m, i) => {
    const w = m.worker(i);
    if (w) m.drop(w);
  },
  answer: (m, i, clear) => {
    const w = m.worker(i);
    if (w?.stage !== 'started') return;
    if (!clear) {
      if (m.move('doubt', w)) w.stage = 'looking';
      else m.drop(w);
      return;
    }
    m.drop(w);
    m.open--;
    if (w.landed) {
      if (!m.move('succeed', w)) m.move('succeedLate');
    } else if (m.doubt && i % 2) {
      // With an earlier attempt in doubt a refusal tells nothing.
      if (m.move('doubt', w)) {
        m.open++;
        m.workers.push({ ...w, stage: 'looking' });
      }
    } else if (i % 2) m.move('fail', w);
    else m.again('postpone', w);
  },
  look: (m, i, clear) => {
    const w = m.worker(i);
    if (w?.stage !== 'looking') return;
    m.drop(w);
    if (m.keyed) {
      // What may be out is not cancelled with the queue: a person is asked.
      if (clear && !m.marked && m.move('sendAgain', w)) {
        m.doubt = true;
        m.open = 0;
      } else m.move('askPerson', w);
      return;
    }
    if (!clear) return void m.move('askPerson', w);
    const moved = m.effects > 0 ? m.move('succeed', w) : m.again('sendAgain', w);
    if (moved) m.open = 0;
  },
  personAnswers: (m, i, decides) => {
    const seen = { version: m.at.version - (i % 2) };
    const moved =
      m.effects > 0
        ? m.move('personSaysThere', seen)
        : m.move(decides ? 'personSaysNotThere' : 'personSaysNotThereAsks', seen);
    if (moved) m.open = 0;
    if (moved) m.doubt = false;
    if (moved) m.marked = false;
  },
  // The one who sent comes back when its row has long become something else.
  lateAnswer: (m, i) => {
    const w = m.worker(i);
    if (w?.stage !== 'late') return;
    m.drop(w);
    if (w.landed) m.move('succeedLate');
  },
  personLeaves: (m, i) => {
    const there = m.effects > 0;
    if (!m.move('personSaysLeave', { version: m.at.version - (i % 2) })) return;
    m.mistaken = there;
    m.marked = false;
    m.open = 0;
    m.doubt = false;
    m.cancelledAt = m.sends;
  },
  reschedule: (m, i) => {
    const seen = { version: m.at.version - (i % 2) };
    if (m.asksInstead(seen)) return;
    if (!m.move('reschedule', seen)) m.move('rescheduleWaiting', seen);
  },
  cancel: (m, i) => {
    if (m.asksInstead({ version: m.at.version - (i % 2) })) return;
    if (m.move('cancel', { version: m.at.version - (i % 2) })) m.cancelledAt = m.sends;
  },
  hold: (m) => {
    m.held = true;
    m.heldSends = m.sends;
    m.move('release');
  },
  resume: (m) => {
    m.held = false;
  },
  stop: (m) => {
    const from = m.at.state === 'awaiting_approval' ? 'awaiting_approval' : 'scheduled';
    if (!m.asksInstead({ version: m.at.version }) && m.move('stop')) {
      m.stopped = from;
      m.cancelledAt = m.sends;
    }
    m.marked ||= m.at.state === 'publishing' || m.at.state === 'unknown';
    operations.hold?.(m, 0, true);
  },
  undoStop: (m, _i, starts) => {
    if (m.stopped && m.move(m.stopped === 'scheduled' ? 'undoStop' : 'undoStopWaiting')) {
      m.stopped = null;
      m.cancelledAt = null;
    }
    m.marked = false;
    if (starts) m.held = false;
  },
  // The publisher finds that the row's time passed while nobody came for it. A held workspace is passed over.
  miss: (m, i) => {
    if (m.held) return;
    // It goes on under its key, or a person is asked.
    if (m.doubt) {
      if (i % 2) m.move('doubtLate');
      return;
    }
    if (i < 3) m.asked = m.move('miss') || m.asked;
    else if (i < 5) m.move('sendLate');
    else if (m.move('skipMissed')) m.cancelledAt = m.sends;
  },
  answerMissed: (m, i) => {
    if (!m.asked) return;
    if (i % 3) m.move('answerSend');
    else if (m.move('answerSkip')) m.cancelledAt = m.sends;
    m.asked = false;
  },
  retry: (m, i) => void m.move('retry', { version: m.at.version - (i % 2) }),
};

const op: fc.Arbitrary<Op> = fc.record({
  op: fc.constantFrom(...Object.keys(operations)),
  i: fc.nat(7),
  yes: fc.boolean(),
});

/** For approval, to go out, or as the next part of a thread. */
const begins = fc.constantFrom('awaiting_approval' as const, 'scheduled' as const, 'queued' as const);

test('no interleaving of edits, claims, crashes, sweeps and answers sends twice or loses', () => {
  fc.assert(
    fc.property(begins, fc.boolean(), fc.array(op, { maxLength: 80 }), (begin, keyed, ops) => {
      const m = new Model(begin, keyed);
      let version = 1;
      for (const { op: name, i, yes } of ops) {
        const before = m.at.state;
        operations[name]?.(m, i, yes);
        // Never two effects, and never a send while an earlier one is not settled.
        expect(m.effects).toBeLessThanOrEqual(1);
        expect(m.open).toBeLessThanOrEqual(1);
        // Versions only grow; what is out or was taken back stays so.
        expect(m.at.version).toBeGreaterThanOrEqual(version);
        version = m.at.version;
        if (before === 'published') expect(m.at.state).toBe('published');
        // Only undoing the stop that cancelled it brings a row back, or the news that it is out.
        if (before === 'cancelled' && name !== 'undoStop' && m.at.state !== 'published')
          expect(m.at.state).toBe('cancelled');
        if (m.held) expect(m.sends).toBe(m.heldSends);
        // What a stop found on its way does not wait to go out by itself.
        if (m.marked) expect(['publishing', 'unknown', 'published']).toContain(m.at.state);
        // A row that waits for a word has a question about it, unless a person took it back.
        if (m.at.state === 'draft') expect(m.asked).toBe(true);
        // Nothing leaves after a cancel, and nothing is called published, failed or cancelled wrongly.
        if (m.cancelledAt !== null) expect(m.sends).toBe(m.cancelledAt);
        if (m.at.state === 'published') expect(m.effects).toBe(1);
        // Only a person's mistake calls it otherwise, until the late answer is read.
        if (!m.mistaken && (m.at.state === 'failed' || m.at.state === 'cancelled')) expect(m.effects).toBe(0);
        // Only what is claimed has a token.
        expect(m.at.token !== null).toBe(m.at.state === 'queued' || m.at.state === 'publishing');
      }
      // An answer that is still to be written is believed, whatever the row had become.
      while (m.workers.some((w) => w.stage === 'late'))
        operations.lateAnswer?.(
          m,
          m.workers.findIndex((w) => w.stage === 'late'),
          true,
        );
      // When the world calms down, every accepted post ends: out, or waiting for a person.
      m.held = false;
      for (let round = 0; round < 4; round++) {
        m.lease = false;
        if (m.at.state === 'draft') operations.answerMissed?.(m, 1, true);
        operations.recover?.(m, 0, true);
        if (m.workers.length > 0) {
          m.workers
            .filter((w) => w.stage === 'looking')
            .forEach(() => {
              const at = m.workers.findIndex((w) => w.stage === 'looking');
              operations.look?.(m, at, true);
            });
        }
        if (m.at.state === 'scheduled') {
          m.workers = [];
          operations.claim?.(m, 0, true);
          operations.start?.(m, 0, true);
          operations.answer?.(m, 0, true);
        }
      }
      expect(['published', 'failed', 'cancelled', 'unknown', 'awaiting_approval']).toContain(m.at.state);
    }),
    { numRuns: 4000 },
  );
});

test('every state can be reached and left as the table says; nothing leaves published, and only an undone stop, a person or a late yes cancelled', () => {
  const reached = new Set(Object.values(STEPS).flatMap((s) => [s.to, ...s.from]));
  expect([...reached].sort()).toEqual([...PUBLICATION_STATES].sort());
  for (const [name, step] of Object.entries(STEPS)) {
    expect(step.from as readonly string[], name).not.toContain('published');
    if (
      !name.startsWith('undoStop') &&
      !['succeedLate', 'sendRest', 'sendRestAsks', 'editStopped'].includes(name)
    )
      expect(step.from as readonly string[], name).not.toContain('cancelled');
  }
});

test('a stale version and a foreign token are refused by every step that asks for them', () => {
  for (const [name, step] of Object.entries(STEPS))
    for (const state of step.from) {
      const at: Position = { state, version: 3, token: 'mine' };
      if (step.guard === 'version') expect(take(at, name as StepName, { version: 2 })).toBeNull();
      if (step.guard === 'token') {
        expect(take(at, name as StepName, { version: 3, token: 'theirs' })).toBeNull();
        expect(take(at, name as StepName, { version: 2, token: 'mine' })).toBeNull();
        expect(take({ ...at, token: null }, name as StepName, { version: 3, token: null })).toBeNull();
      }
    }
});
