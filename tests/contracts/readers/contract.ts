import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Exchange } from '../exchange';

/** What a vendor has published about the requests to its API, whatever the format. */
export interface Contract {
  /** Finds the operation of a request. Null: nothing is published about it. */
  find(exchange: Exchange): PublishedOperation | null;
}

export interface PublishedOperation {
  /** Name of the operation in the document. */
  readonly id: string;
  /** Returns all differences between the request (parameters, body, credentials) and the document. */
  request(exchange: Exchange): string[] | Promise<string[]>;
  /** Returns all differences between the response and the document. */
  answer(exchange: Exchange): string[] | Promise<string[]>;
}

export type Json = Record<string, unknown>;
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Folder of the vendors' documents: next to the checkout, or where CONTRACTS_FOLDER says. They are not part of this project.
 */
export const CONTRACTS = path.resolve(
  process.env.CONTRACTS_FOLDER ?? path.join(import.meta.dirname, '../../../../shared/contracts'),
);
export const contractsPresent = (): boolean => existsSync(path.join(CONTRACTS, 'x/openapi.json'));
export const contractFile = (file: string): string => path.join(CONTRACTS, file);
export const readContract = (file: string): unknown => JSON.parse(readFileSync(contractFile(file), 'utf8'));

/** Parses a text as JSON, or returns undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
