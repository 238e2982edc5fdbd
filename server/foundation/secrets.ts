import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { env } from './env';

const fileSchema = z.object({
  authSecret: z.string().min(32),
  encryptionKeys: z.string().min(32),
  linkSigning: z.string().min(32),
  inngestSigningKey: z.string().min(32),
  stripeWebhookSecret: z.string().min(32),
});
export type Secrets = z.output<typeof fileSchema>;

let cached: Secrets | undefined;

/**
 * The secrets of this installation: those from the settings, the rest generated once into `<data>/secrets.json`
 * (readable by the owner only). The file appears whole or not at all (link), so two processes that start together agree.
 */
export function secrets(): Secrets {
  if (cached) return cached;
  const e = env();
  const file = path.join(/* turbopackIgnore: true */ e.dataDir, 'secrets.json');
  const needsFile = !(
    e.AUTH_SECRET &&
    e.ENCRYPTION_KEYS &&
    e.LINK_SIGNING_SECRET &&
    e.externalInngest &&
    e.STRIPE_WEBHOOK_SECRET
  );
  let stored: Partial<Secrets> = {};
  if (needsFile) {
    if (!existsSync(file)) {
      mkdirSync(e.dataDir, { recursive: true });
      const fresh: Secrets = {
        authSecret: randomBytes(48).toString('base64url'),
        encryptionKeys: `k1:${randomBytes(32).toString('base64')}`,
        linkSigning: randomBytes(48).toString('base64url'),
        inngestSigningKey: `signkey-prod-${randomBytes(32).toString('hex')}`,
        stripeWebhookSecret: `whsec_${randomBytes(32).toString('hex')}`,
      };
      const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
      writeFileSync(temporary, JSON.stringify(fresh, null, 2), { mode: 0o600 });
      try {
        linkSync(temporary, file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      } finally {
        rmSync(temporary, { force: true });
      }
      chmodSync(file, 0o600);
    }
    stored = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  }
  cached = fileSchema.parse({
    authSecret: e.AUTH_SECRET ?? stored.authSecret,
    encryptionKeys: e.ENCRYPTION_KEYS ?? stored.encryptionKeys,
    linkSigning: e.LINK_SIGNING_SECRET ?? stored.linkSigning,
    inngestSigningKey: e.INNGEST_SIGNING_KEY ?? stored.inngestSigningKey ?? randomBytes(32).toString('hex'),
    stripeWebhookSecret: e.STRIPE_WEBHOOK_SECRET ?? stored.stripeWebhookSecret,
  });
  return cached;
}
export function resetSecrets(): void {
  cached = undefined;
}
