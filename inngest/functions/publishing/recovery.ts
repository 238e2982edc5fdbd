import type { Db } from '@/db/client';
import { FORGOTTEN_LANE_MS } from '@/server/domains/publications/policy';
import { idleLanes, type Lane } from '@/server/domains/publisher/idle-lanes';
import { type LookUp, recoverStuck } from '@/server/domains/publisher/recover-stuck';
import { freeUploads } from '@/server/domains/uploads/free-uploads';
import { systemClock } from '@/server/foundation/clock';
import { faultPoint } from '@/server/foundation/fault-points';
import { sendEvents } from '../../event-publisher';

const EVENTS_AT_ONCE = 250;
/**
 * Maximum number of lanes requested by one recovery, the longest due first. Under heavy load, the others are only waiting for their turn.
 */
const LANES_A_RECOVERY = 100;
/** Repeated requests within this time, while the first has not been served, count as one. Milliseconds. */
const ASK_AGAIN_MS = 15_000;

/**
 * Finds interrupted work and lanes that no run is sending. Each look-up and each lane gets its own run, so that a slow platform does not
 * delay the others. `alone`: no other process uses the database (see `recoverStuck`).
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

/** A look-up that waits for its turn is requested repeatedly. It begins once, whichever request comes first. */
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

/** Requests a run for each lane. With `round`, all requests of that round count as one. */
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
