import type { Db } from '@/db/client';
import type {
  Capabilities,
  Capability,
  ConnectorFault,
  MediaKind,
  RemoteMedia,
} from '@/server/connectors/kit/types';
import type { WebhookTopic } from '@/server/connectors/kit/webhooks';
import type { OptionValues } from '@/server/foundation/option-values';
import type { OwnLimits } from '@/server/foundation/own-limits';
import type { FaultKind } from '@/server/sandbox/faults';
import type { SandboxHandler } from '@/server/sandbox/handler';
import type { World } from '../support/world';
import type { Delivery, Exchange } from './exchange';
import type { Contract } from './readers/contract';

/** Differences from what is published. */
export interface Wrong {
  request: string[];
  answer: string[];
}

interface Published {
  /** Loads what the vendor has published. The first that has the operation of a request is used. */
  load(): Promise<readonly Contract[]> | readonly Contract[];
  /**
   * Operations about which nothing is published, by the connector's names, each with the reason. The run fails for an operation that is
   * missing here, and for one that has a contract.
   */
  readonly withoutContract?: Readonly<Record<string, string>>;
  /** Checks every exchange by what the vendor has published only as text. */
  also?(exchange: Exchange, documents: readonly Contract[]): Wrong;
  /** Checks a webhook. Null for one that nothing is published about. */
  delivery?(
    delivery: Delivery,
    documents: readonly Contract[],
  ): Promise<CheckedDelivery | null> | CheckedDelivery | null;
}
export interface CheckedDelivery {
  name: string;
  wrong: string[];
}

/** What the requests of one platform are checked against, and how they come about. */
export interface PlatformContract extends Published {
  /** Handle of the stand-in's account on whose behalf everything is done. */
  readonly account: string;
  /** Remote ids of the accounts to connect, if a sign-in gives access to several. */
  readonly pick?: readonly string[];
  /** Remote id of the one among them that can do everything that the platform declares. The first otherwise. */
  readonly ablest?: string;
  /**
   * What an option (`field`) or a value of one (`field = value`) needs: a text that is valid there, other options with it, or another of the
   * accounts, by its remote id.
   */
  readonly options?: Readonly<
    Record<string, { readonly text?: string; readonly with?: OptionValues; readonly as?: string }>
  >;
  /**
   * For a connector that reads the limits of accounts (`hooks.limits`): limits of the stand-in, by an action of its control page with its
   * input, or of another of the accounts, and what is stored for them.
   */
  readonly ownLimits?: readonly {
    readonly name: string;
    readonly control?: readonly [action: string, input: object];
    readonly as?: string;
    readonly expected: OwnLimits | null;
  }[];
  /**
   * Signs in as `account` or one like it, by its handle, if this takes something else than the stand-in's consent page. Returns the ids of
   * the connections.
   */
  connect?(at: SignInPlace, account: string): Promise<readonly string[]>;
  /** For each topic of the platform's webhooks, makes it happen there, so that the stand-in sends one. */
  readonly webhooks?: Readonly<Partial<Record<WebhookTopic, Scenario>>>;
  /** Uses of each capability, in this order. All share the connection, which is checked and disconnected at the end. */
  readonly scenarios: Readonly<Partial<Record<Capability, Scenario>>>;
}
export type Scenario = (io: ContractIo) => Promise<void>;

/** What the requests of a service besides the platforms are checked against. */
export interface ServiceContract extends Published {
  readonly id: string;
  run(stage: Stage): Promise<void>;
  /** Names an operation for which no connector has a name. */
  operationOf?(exchange: Exchange): string;
}

/** The stand-ins, in this process or another one, and the workspace of the member who signs in. */
export interface SignInPlace {
  readonly handler: (request: Request) => Promise<Response>;
  readonly world: Pick<World, 'ctx'>;
}

/** The whole sandbox in this process, with a workspace. */
export interface Stage {
  readonly handler: SandboxHandler;
  readonly db: Db;
  readonly world: World;
  /** Recorded exchanges, to which a service with a client of its own adds. */
  readonly exchanges: Exchange[];
  /** Webhooks that the sandbox has sent. */
  readonly deliveries: Delivery[];
  /** Returns an address from which the stand-ins fetch a file. */
  serve(mime: string, bytes: Buffer): string;
}

/** What a scenario does with a connected account of a stand-in. */
export interface ContractIo extends Stage {
  readonly connectionId: string;
  /** The same for another account that was connected, by its remote id. */
  as(remoteId: string): Promise<ContractIo>;
  now(): Date;
  advance(ms: number): void;
  /** Uses a capability as the app does. Throws ConnectorFault. */
  call<C extends Capability>(
    capability: C,
    input: Capabilities[C]['input'],
  ): Promise<Capabilities[C]['output']>;
  /** Expects a refusal, which must be one of the connector's own faults. */
  refused(work: Promise<unknown>): Promise<ConnectorFault>;
  /** Waits until earlier limits are over and makes the next request of an operation, by the stand-in's name, fail. */
  fail(operation: string, kind: FaultKind): Promise<void>;
  /** Uploads a file completely, however long the platform takes. */
  upload(file: { kind: MediaKind; mime: string; bytes: Buffer; alt?: string }): Promise<RemoteMedia>;
  /** Uses an action of the control page, such as `etsy/sale`. */
  control(action: string, input: object): Promise<Record<string, unknown>>;
}
