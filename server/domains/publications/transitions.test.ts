import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PUBLICATION_STATES } from '@/db/schema';
import { applyStep, type Position } from './testing';
import { STEPS, type StepName } from './transitions';

/**
 * A small model of the publisher: one row, workers with their claims, a platform that counts effects, and users with the version that they
 * last saw. Each move is one that a process can make at any time; fast-check chooses the order.
 */
class Model {
  at: Position;
  tokens = 0;
  lease = false;
  /** Posts that arrived on the platform, and sends. */
  effects = 0;
  sends = 0;
  /** Sends that are in progress or have an unknown outcome, and that no look-up has settled. */
  open = 0;
  cancelledAt: number | null = null;
  /** Nothing starts while the workspace is held. */
  held = false;
  heldSends = 0;
  /** The state that undoing the stop restores. */
  stopped: 'awaiting_approval' | 'scheduled' | null = null;
  asked = false;
  /** A stop found the row being sent or with an unknown outcome. */
  marked = false;
  workers: {
    version: number;
    token: string;
    stage: 'claimed' | 'started' | 'looking' | 'late';
    landed?: boolean;
  }[] = [];

  /** Whether the platform recognizes keys. Such a platform cannot be queried, and vice versa. */
  readonly keyed: boolean;
  /** The key of the last attempt, the keys under which the post arrived, and whether an earlier attempt is still unresolved. */
  key = '';
  landedKeys = new Set<string>();
  doubt = false;
  /** A user said wrongly that the post is not there. */
  mistaken = false;

  constructor(begins: 'awaiting_approval' | 'scheduled' | 'queued', keyed = false) {
    this.keyed = keyed;
    this.at = { state: begins, version: 1, token: begins === 'queued' ? 'born' : null };
    // The run that settled the previous part continues with this one. Its claim has an ordinary lease.
    if (this.at.token) {
      this.workers.push({ version: 1, token: this.at.token, stage: 'claimed' });
      this.lease = true;
    }
  }
  /** A post that may already be out is neither moved nor cancelled; a user is asked. */
  asksInstead(holder: { version?: number }): boolean {
    return this.doubt && holder.version === this.at.version && this.move('doubtLate');
  }
  move(
    name: StepName,
    holder: { version?: number; token?: string | null } = {},
    token: string | null = null,
  ) {
    const next = applyStep(this.at, name, holder, token);
    if (next) this.at = next;
    if (next?.state === 'failed') this.marked = false;
    return next !== null;
  }
  /** Waits for another attempt. If a stop found the row being sent, it is cancelled with the queue instead, or a user is asked. */
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
    // A claim that began before the hold may end beside it; most see the hold.
    if (m.held && i > 0) return;
    const token = `t${++m.tokens}`;
    if (m.move('claim', {}, token)) {
      m.workers.push({ version: m.at.version, token, stage: 'claimed' });
      m.lease = true;
    }
  },
  // An event is delivered twice.
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
    // A look-up's "not there" counts only when no request of the attempt can still arrive (`ABSENCE_GRACE_MS`).
    if (m.move('takeOver', {}, token)) {
      // The outcome may still be recorded, because the response arrived before the lease ended.
      for (const w of m.workers) if (w.stage === 'started') w.stage = 'late';
      m.workers.push({ version: m.at.version, token, stage: 'looking' });
      m.lease = true;
    }
  },
  start: (m, i, lands) => {
    const w = m.worker(i);
    if (w?.stage !== 'claimed') return;
    if (m.held) return m.drop(w);
    // A run for a connection starts the first row in its lane, under the claim that the row has by then.
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
      // While an earlier attempt is unresolved, a refusal proves nothing.
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
      // A post that may already be out is not cancelled with the queue; a user is asked.
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
  // The sender returns long after its row has moved on.
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
  // The publisher finds that the row's time passed while it was unattended. A held workspace is skipped.
  miss: (m, i) => {
    if (m.held) return;
    // The row continues under its key, or a user is asked.
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

/** Awaiting approval, scheduled, or claimed as the next part of a thread. */
const begins = fc.constantFrom('awaiting_approval' as const, 'scheduled' as const, 'queued' as const);

test('no interleaving of edits, claims, crashes, sweeps and answers sends a post twice or loses it', () => {
  fc.assert(
    fc.property(begins, fc.boolean(), fc.array(op, { maxLength: 80 }), (begin, keyed, ops) => {
      const m = new Model(begin, keyed);
      let version = 1;
      for (const { op: name, i, yes } of ops) {
        const before = m.at.state;
        operations[name]?.(m, i, yes);
        // Never more than one effect, and never a send while an earlier one is unresolved.
        expect(m.effects).toBeLessThanOrEqual(1);
        expect(m.open).toBeLessThanOrEqual(1);
        // Versions never decrease, and a published row stays published.
        expect(m.at.version).toBeGreaterThanOrEqual(version);
        version = m.at.version;
        if (before === 'published') expect(m.at.state).toBe('published');
        // A cancelled row comes back only if the stop that cancelled it is undone or the post turns out to be published.
        if (before === 'cancelled' && name !== 'undoStop' && m.at.state !== 'published')
          expect(m.at.state).toBe('cancelled');
        if (m.held) expect(m.sends).toBe(m.heldSends);
        // A post that a stop found being sent does not wait to be sent automatically.
        if (m.marked) expect(['publishing', 'unknown', 'published']).toContain(m.at.state);
        // A row that waits for a user's decision has an open question.
        if (m.at.state === 'draft') expect(m.asked).toBe(true);
        // Nothing is sent after a cancellation, and no row is wrongly called published, failed or cancelled.
        if (m.cancelledAt !== null) expect(m.sends).toBe(m.cancelledAt);
        if (m.at.state === 'published') expect(m.effects).toBe(1);
        // Only a user's mistake can make this wrong, until the late response is read.
        if (!m.mistaken && (m.at.state === 'failed' || m.at.state === 'cancelled')) expect(m.effects).toBe(0);
        // Only claimed rows have a token.
        expect(m.at.token !== null).toBe(m.at.state === 'queued' || m.at.state === 'publishing');
      }
      // A response that is still to be recorded is accepted, whatever state the row is in.
      while (m.workers.some((w) => w.stage === 'late'))
        operations.lateAnswer?.(
          m,
          m.workers.findIndex((w) => w.stage === 'late'),
          true,
        );
      // Once nothing fails any more, every accepted post ends in a final state or waits for a user.
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

test('every state can be entered and left as the table says; published is final, and cancelled is left only by undoing a stop, by a user or by a late success', () => {
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

test('every step that requires a version or a token refuses a stale version and a foreign token', () => {
  for (const [name, step] of Object.entries(STEPS))
    for (const state of step.from) {
      const at: Position = { state, version: 3, token: 'mine' };
      if (step.guard === 'version') expect(applyStep(at, name as StepName, { version: 2 })).toBeNull();
      if (step.guard === 'token') {
        expect(applyStep(at, name as StepName, { version: 3, token: 'theirs' })).toBeNull();
        expect(applyStep(at, name as StepName, { version: 2, token: 'mine' })).toBeNull();
        expect(applyStep({ ...at, token: null }, name as StepName, { version: 3, token: null })).toBeNull();
      }
    }
});
