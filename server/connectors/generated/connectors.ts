// Written by scripts/platforms.mjs.
import type { Connector } from '../kit/connector';
import type { PlatformId } from './ids';
import type { manifests } from './manifests';

type Load<P extends PlatformId> = (typeof manifests)[P] extends { kind: 'api' }
  ? () => Promise<Connector & { manifest: { id: P } }>
  : null;

/** Loads the connector of a platform, at its first use, so that a start loads none; null if there is none. */
export const connectors = {
  x: () => import('../x').then(({ x }) => x),
  facebook: () => import('../facebook').then(({ facebook }) => facebook),
  etsy: () => import('../etsy').then(({ etsy }) => etsy),
  bluesky: () => import('../bluesky').then(({ bluesky }) => bluesky),
  linkedin: () => import('../linkedin').then(({ linkedin }) => linkedin),
  youtube: null,
  mastodon: () => import('../mastodon').then(({ mastodon }) => mastodon),
  telegram: () => import('../telegram').then(({ telegram }) => telegram),
} satisfies { [P in PlatformId]: Load<P> };
