import type { Connector } from '@/server/connectors/kit/connector';
import type { Subject } from './subject';

export type Manifest = Connector['manifest'];

/** Something that every platform which declares it must do. */
export interface Case {
  readonly name: string;
  /** Whether it follows from what a platform declares. */
  applies(manifest: Manifest): boolean;
  /** Throws if the platform does not comply. A text says why the platform gives no opportunity to try it. */
  run(p: Subject): Promise<string | undefined> | Promise<void>;
}

export const does = ({ capabilities }: Manifest, ...all: Manifest['capabilities'][number][]): boolean =>
  all.every((one) => capabilities.includes(one));
