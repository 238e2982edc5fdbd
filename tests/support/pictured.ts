import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Db } from '@/db/client';
import { publications } from '@/db/schema';
import { resetLimits } from '@/server/connectors/host/throttle';
import { setTransport } from '@/server/domains/connections/load-target';
import { connectSandbox, sendToHandler } from '@/server/domains/connections/testing';
import { sampleMp4, samplePng } from '@/server/domains/files/testing';
import { getPublication } from '@/server/domains/publications/queries';
import { setReview } from '@/server/domains/publisher/testing';
import { addMedia, work } from '@/server/domains/uploads/testing';
import { env, resetEnv } from '@/server/foundation/env';
import { installFaultHook } from '@/server/foundation/fault-points';
import { effects } from '@/server/sandbox/control/routes';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { freshDb } from './db';
import { createWorld, type World } from './world';

let colour = 0;

/** A workspace that posts pictures, with an X account and a Facebook Page in a sandbox. */
export class Pictured {
  private constructor(
    readonly db: Db,
    readonly world: World,
    readonly sandbox: SandboxHandler,
    /** Connection ids. */
    readonly x: string,
    readonly facebook: string,
  ) {}

  static async open(): Promise<Pictured> {
    const db = await freshDb();
    const world = await createWorld(db, { plan: 'agency', timeZone: 'UTC' });
    await setReview(db, world.ctx, 'post_at_once');
    const sandbox = sandboxHandler({
      db,
      clock: world.clock,
      publicUrl: `${env().appUrl}/sandbox`,
      appUrl: env().appUrl,
      internalAppUrl: env().appUrl,
      sleep: async () => {},
    });
    sendToHandler(sandbox, undefined, world.clock);
    const [x = ''] = (await connectSandbox(sandbox, world.ctx, 'x', 'mira_draws')).connectionIds;
    const [facebook = ''] = (await connectSandbox(sandbox, world.ctx, 'facebook', 'mira.okafor'))
      .connectionIds;
    return new Pictured(db, world, sandbox, x, facebook);
  }

  /** Adds a picture that differs from all others and returns its id. */
  picture(side = 4): Promise<string> {
    return addMedia(this.world.ctx, samplePng(side, side, [++colour % 256, colour >> 8, 7]), 'a.png');
  }
  film(seconds = 10, padding = 5_000_000): Promise<string> {
    const film = sampleMp4({ seconds, width: 640, height: 360, padding: padding + ++colour });
    return addMedia(this.world.ctx, film, 'a.mp4');
  }
  /** Returns the local time `minutes` from now. */
  at(minutes: number): string {
    return new Date(this.world.clock.now().getTime() + minutes * 60_000).toISOString().slice(0, 16);
  }
  state(id: string) {
    return getPublication(this.world.ctx, { id });
  }
  /** Returns the posts with this text on the platform. */
  async sent(platform: string, text: string) {
    return (await effects(this.sandbox.world, platform)).posts.filter((p) => p.text === text);
  }
  /** Runs the background work with `work`. */
  turns(more: Parameters<typeof work>[3] = {}): Promise<void> {
    return work(this.db, this.world.ctx, this.world.clock, more);
  }
  fault(
    operation: string,
    kind: '429' | 'day_limit' | '500_before' | '500_after' | 'reset_after' | 'processing_fails',
    more = {},
  ) {
    return this.sandbox.world.faults.add({ platform: 'x', operation, kind, count: 1, ...more });
  }
}

/** Opens one workspace for all tests of a file. Each test starts without pending publications and without faults. */
export function pictured(use: (here: Pictured) => void): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-media-'));
  let here: Pictured;
  beforeAll(async () => {
    process.env.TRIBUTARY_DATA_DIR = folder;
    process.env.TRIBUTARY_SANDBOX = '1';
    resetEnv();
    here = await Pictured.open();
    use(here);
  }, 120_000);
  beforeEach(async () => {
    await here.db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
    resetLimits();
  });
  afterEach(async () => {
    installFaultHook(undefined);
    await here.sandbox.world.faults.clear();
  });
  afterAll(async () => {
    setTransport(undefined);
    await here.db.close();
    delete process.env.TRIBUTARY_DATA_DIR;
    resetEnv();
    rmSync(folder, { recursive: true, force: true });
  });
}
