import { AWAKE, hourIn } from '../people';
import { poisson, seeded, seedOf } from '../random';

const HOUR = 3_600_000;
const BUYERS = [
  'Hannah Brooks',
  'Tomás Rivera',
  'Aiko Tanaka',
  'Grace Mensah',
  'Oliver Hughes',
  'Priya Shrestha',
  'Lena Fischer',
  'Noah Bennett',
  'Camille Laurent',
  'Yusuf Demir',
  'Ivy Chen',
  'Samuel Adeyemi',
  'Freya Lindqvist',
  'Marco Bianchi',
];

/** Returns the name of a simulated buyer, from a number in [0, 1). */
export const buyerName = (drawn: number): string =>
  BUYERS[Math.floor(drawn * BUYERS.length)] ?? 'Hannah Brooks';

/** Returns the visits of one hour (a count since 1970). They depend only on the seed, the listing and its price in cents. */
export function visitsOf(listing: { id: string | number; priceCents: number }, hour: number, seed: number) {
  const random = seeded(seedOf(seed, listing.id, hour));
  const taste = seeded(seedOf(seed, listing.id, 'taste'));
  const interest = 1.5 + taste() * 3;
  // The price that visitors expect. They buy less above it, with an elasticity of 1.6.
  const expected = 600 + taste() * 1_600;
  const chance = Math.min(0.25, 0.04 * (expected / listing.priceCents) ** 1.6);
  const count = poisson(interest * (AWAKE[hourIn('America/New_York', hour * HOUR)] ?? 0), random);
  return Array.from({ length: count }, (_, i) => ({
    key: `${listing.id}:${hour}:${i}`,
    at: hour * HOUR + random() * HOUR,
    buys: random() < chance,
    likes: random() < 0.06,
    buyerSeed: Math.floor(random() * 2 ** 31),
  }));
}

/** Returns the visits after `from` and up to `until`, in order of their hours. */
export function* visitsBetween(
  listing: { id: string | number; priceCents: number },
  from: Date,
  until: Date,
  seed: number,
) {
  for (let hour = Math.floor(from.getTime() / HOUR); hour <= Math.floor(until.getTime() / HOUR); hour++)
    for (const visit of visitsOf(listing, hour, seed))
      if (visit.at > from.getTime() && visit.at <= until.getTime()) yield visit;
}
