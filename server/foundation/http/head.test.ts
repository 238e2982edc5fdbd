import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import config from '@/next.config';
import { refusalStatus } from './head';

const problem = (url: string, method = 'GET') =>
  refusalStatus(
    {
      method,
      url,
      headers: { host: 'localhost' },
      rawHeaders: ['Host', 'localhost'],
      httpVersion: '1.1',
    } as unknown as IncomingMessage,
    url.split(/[?#]/, 1)[0] ?? '',
    'http://localhost:3000',
  );

it.each([
  '/_next/image',
  '/_next/image/',
  '/_next/image?url=%2Foutbox%0A{"level":50,"msg":"FORGED x@y"}&w=640&q=75',
  '/_next/image?url=%2Ficon.svg&w=640&q=75',
])('responds with 404 to %s', (url) => {
  for (const method of ['GET', 'HEAD', 'POST']) expect(problem(url, method)).toBe(404);
  expect(config.images?.unoptimized).toBe(true);
});

it.each(['/', '/_next/static/chunks/a.js', '/_next/images', '/api/files/x?url=/_next/image'])(
  'accepts %s',
  (url) => expect(problem(url)).toBeNull(),
);
