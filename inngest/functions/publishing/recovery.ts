import type { Db } from '@/db/client';
import { FORGOTTEN_LANE_MS } from '@/server/domains/publications/policy';
import { idleLanes, type Lane } from '@/server/domains/publisher/idle-lanes';
import { type LookUp, recoverStuck } from '@/server/domains/publisher/recover-stuck';
import { freeUploads } from '@/server/domains/uploads/free-uploads';
import { systemClock } from '@/server/foundation/clock';
import { faultPoint } from '@/server/foundation/fault-points';
import { sendEvents } from '../../event-publisher';

const EVENTS_AT_ONCE = 250;
/** Lanes that one recovery asks for, those that are due the longest: in a crowd, the others wait for nothing but their turn. */
const LANES_A_RECOVERY = 100;
/** What is asked for again within this time, because nobody came for it yet, is one request. Milliseconds. */
const ASK_AGAIN_MS = 15_000;

/**
 * Finds what stopped half-way, and lanes that nobody sends. Each look-up and each lane is a run of its own, so that one slow platform
 * delays no other. `alone`: no other process uses the database (see `recoverStuck`).
 */
export async function recoverAll(
  db: Db,
  { alone = false } = {},
): Promise<{ released: number; lookUps: number; lanes: number }> {
  if (alone) await freeUploads({ db });
  const { released, lookUps } = await recoverStuck({ db, clock: systemClock, alone });
  faultPoint('recover: after');
  await announceLookUps(lookUps);
  const lanes = await idleLanes({
    db,
    clock: systemClock,
    dueForMs: FORGOTTEN_LANE_MS,
    limit: LANES_A_RECOVERY,
  });
  await announceLanes(lanes, round());
  return { released, lookUps: lookUps.length, lanes: lanes.length };
}

/** A look that waits for its turn is asked for again and again; it begins once, whichever request comes first. */
async function announceLookUps(lookUps: readonly LookUp[]): Promise<void> {
  for (let i = 0; i < lookUps.length; i += EVENTS_AT_ONCE) {
    faultPoint('announce unsettled: before');
    await sendEvents<'publishing/publication.unsettled'>(
      lookUps.slice(i, i + EVENTS_AT_ONCE).map((look) => ({
        name: 'publishing/publication.unsettled',
        id: `look-up:${look.publicationId}:${look.version}:${look.attempt}:${round()}`,
        data: { ...look, unready: undefined },
      })),
    );
    faultPoint('announce unsettled: after');
  }
}

/** Asks for a run of each lane; with `round`, once for all requests of that round. */
export async function announceLanes(lanes: readonly Lane[], round?: number): Promise<void> {
  for (let i = 0; i < lanes.length; i += EVENTS_AT_ONCE) {
    faultPoint('announce lanes: before');
    await sendEvents<'publishing/lane.requested'>(
      lanes.slice(i, i + EVENTS_AT_ONCE).map((lane) => ({
        name: 'publishing/lane.requested',
        ...(round === undefined ? {} : { id: `lane:${lane.connectionId}:${round}` }),
        data: { ...lane },
      })),
    );
    faultPoint('announce lanes: after');
  }
}

const round = () => Math.floor(systemClock.now().getTime() / ASK_AGAIN_MS);
