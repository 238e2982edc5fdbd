import { expect, test } from 'vitest';
import { env } from '@/server/foundation/env';
import type { WebhookTerms } from '../kit/webhooks';
import { webhookAddress } from './webhooks';

const terms: WebhookTerms = { topics: ['access'], per: 'grant', proof: { header: 'x-secret' } };
const at = webhookAddress('telegram', terms, { id: 'whr_1', secret: 'secret' });

test.each([
  [at.url, true],
  // Left from an earlier sign-in, whose address is no more.
  [`${env().appUrl}/api/webhooks/telegram/whr_0`, true],
  // From before this installation moved.
  ['https://old.example/api/webhooks/telegram/whr_1', true],
  ['https://old.example/api/webhooks/telegram/whr_0', false],
  [`${env().appUrl}/api/webhooks/facebook/whr_0`, false],
  ['https://bot.example/hook', false],
  ['', false],
])('whether %s is ours: %s', (url, ours) => {
  expect(at.isOurs(url)).toBe(ours);
});
