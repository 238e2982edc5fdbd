import type { z } from 'zod';
import { log } from '@/server/foundation/log';
import { storableJson } from '@/server/foundation/storable';
import type { ApiResponse, Connector, Query, RequestSpec, Secrets } from '../kit/connector';
import type { ReportedLimit } from '../kit/limits';
import { type ConnectorFault, isConnectorFault } from '../kit/types';
import { masked, placeCredential, textMask } from './credential';
import { fileFault, invalidResponseFault, networkFault, responseFault } from './faults';
import { type Encoded, encodeFile, encodeMultipart, FileNotRead } from './multipart';
import { readLimits } from './rate-headers';
import type { Transport, WireRequest } from './transport';

export interface RequestRun {
  connector: Connector;
  base: string;
  /** Base URL of requests with the host `uploads`; defaults to `base`. */
  uploads?: string | undefined;
  /** What is sent as the credential, or null to send none. */
  secrets: Secrets | null;
  /** Other secrets that a request may contain, such as a password, and that no fault may repeat. */
  hidden?: readonly string[] | undefined;
  headers: Record<string, string>;
  transport: Transport;
  now(): Date;
  connectionId: string;
  /** Called before each request that changes something. If it throws, the request is not sent. */
  assertMayChange?: (() => Promise<void>) | undefined;
  /** Called when a request that changes something is about to be sent. If it throws, nothing is sent. */
  beforeEffect?: (() => void) | undefined;
  /** Called with the limits that a response reports. */
  onLimits(operation: string, limits: readonly ReportedLimit[]): Promise<void>;
}
const DEFAULT_TIMEOUT = 20_000;

/** Executes one request of a connector and validates the response. Throws only ConnectorFault. */
export async function runRequest<T>(
  run: RequestRun,
  spec: RequestSpec,
  schema: z.ZodType<T>,
): Promise<ApiResponse<T>> {
  const { connector } = run;
  const { name, id } = connector.manifest;
  const started = performance.now();
  let sent = false;
  const mask = textMask(run.secrets, run.hidden);
  if (spec.effect !== 'read') await run.assertMayChange?.();
  const encoded = await encode(spec).catch(notRead);
  const wire = toWire(run, spec, encoded, () => {
    if (sent) return;
    // The callback may refuse by throwing; nothing has been sent yet.
    if (spec.effect !== 'read') run.beforeEffect?.();
    sent = true;
  });
  try {
    const response = await run.transport(wire).catch((error: unknown) => {
      throw networkFault(name, masked(error, mask), sent, spec.effect);
    });
    await run.onLimits(spec.operation, readLimits(response.headers, run.now(), connector.hooks.readLimits));
    if (response.status < 200 || response.status >= 300) {
      // A refusal may repeat what it refuses.
      const told = { ...response, body: mask(response.body) };
      throw responseFault(connector, told, parseBody(told.body), spec.effect, run.now());
    }
    const body = parseBody(response.body);
    const checked = schema.safeParse(body);
    if (!checked.success) throw invalidResponseFault(name, spec.effect, checked.error);
    tell(response.status);
    return { status: response.status, headers: response.headers, body: checked.data };
  } catch (error) {
    if (isConnectorFault(error)) tell(error.options.status ?? 0, error);
    throw error;
  } finally {
    await encoded?.close();
  }

  function notRead(error: unknown): never {
    if (!(error instanceof FileNotRead)) throw error;
    const fault = fileFault(name, error);
    tell(0, fault);
    throw fault;
  }

  function tell(status: number, fault?: ConnectorFault) {
    // The path may contain ids but never a token. Queries and bodies are not logged.
    const entry = {
      platform: id,
      operation: spec.operation,
      connection: run.connectionId,
      status,
      ms: Math.round(performance.now() - started),
      ...(fault ? { fault: fault.kind, vendorCode: fault.options.vendorCode } : {}),
    };
    // For the operator, who alone can mend it.
    if (fault?.options.installation)
      log().error(entry, `${name} refuses this installation: ${fault.message}`);
    else if (fault) log().warn(entry, 'platform request failed');
    else log().debug(entry, 'platform request');
  }
}

async function encode({ multipart, file }: RequestSpec): Promise<Encoded | undefined> {
  if (multipart) return encodeMultipart(multipart);
  return file && encodeFile(file);
}

function toWire(
  run: RequestRun,
  spec: RequestSpec,
  encoded: Encoded | undefined,
  onSent: () => void,
): WireRequest {
  const base = spec.host === 'uploads' ? (run.uploads ?? run.base) : run.base;
  const url = `${base}${spec.path}${queryText(spec.query)}`;
  const headers: Record<string, string> = {
    accept: 'application/json',
    'user-agent': 'Tributary',
    ...run.headers,
  };
  let body: WireRequest['body'];
  if (spec.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(spec.json);
  } else if (spec.form) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    body = queryText(spec.form).slice(1);
  } else if (encoded) {
    headers['content-type'] = encoded.contentType;
    body = encoded.body;
  }
  const timeoutMs = spec.timeoutMs ?? DEFAULT_TIMEOUT;
  return placeCredential(
    run,
    { url, method: spec.method, headers, body, timeoutMs, operation: spec.operation, onSent },
    // A connector's own header, such as the token of a renewal, takes precedence.
    spec.headers,
  );
}

function queryText(query: Query | undefined): string {
  const pairs = Object.entries(query ?? {}).flatMap(([k, v]) =>
    v === undefined ? [] : [v].flat().map((one) => [k, String(one)]),
  );
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

const parseBody = (text: string): unknown => (text === '' ? undefined : parse(text));

function parse(text: string): unknown {
  try {
    return JSON.parse(storableJson(text));
  } catch {
    // Not JSON. No schema accepts a symbol.
    return Symbol('not JSON');
  }
}
