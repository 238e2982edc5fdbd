import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type Env, EnvError, env, NEW_SECRETS } from './env';

export const secretsSchema = z.object({
  authSecret: z.string().min(32),
  encryptionKeys: z.string().min(32),
  linkSigning: z.string().min(32),
  inngestSigningKey: z.string().min(32),
  stripeWebhookSecret: z.string().min(32),
});
export type Secrets = z.output<typeof secretsSchema>;

let cached: Secrets | undefined;

/**
 * Returns the secrets of this installation: those from the settings, and the rest generated once into `<data>/secrets.json` (readable by
 * the owner only). The file appears completely or not at all, so processes that start together agree. Throws an EnvError with instructions
 * if an installation with a database has lost the file, or if the file cannot be read.
 */
export function secrets(): Secrets {
  if (cached) return cached;
  const e = env();
  const needsFile = !(hasConfiguredSecrets(e) && e.externalInngest && e.STRIPE_WEBHOOK_SECRET);
  const stored: Partial<Secrets> = needsFile ? storedSecrets(e) : {};
  cached = secretsSchema.parse({
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

/**
 * Returns the secrets of an installation that has some, like `secrets`, but never creates any. Throws an EnvError if there are none, because
 * new ones would open nothing.
 */
export function existingSecrets(): Secrets {
  const e = env();
  const file = secretsFile(e.dataDir);
  if (!hasConfiguredSecrets(e) && !existsSync(/* turbopackIgnore: true */ file))
    throw new EnvError([
      `${file}: is missing, and AUTH_SECRET, ENCRYPTION_KEYS and LINK_SIGNING_SECRET are not all set. Run this with the settings and the data folder of the installation`,
    ]);
  if (existsSync(/* turbopackIgnore: true */ file)) return secrets();
  const unset = newSecrets();
  return {
    authSecret: e.AUTH_SECRET ?? unset.authSecret,
    encryptionKeys: e.ENCRYPTION_KEYS ?? unset.encryptionKeys,
    linkSigning: e.LINK_SIGNING_SECRET ?? unset.linkSigning,
    inngestSigningKey: e.INNGEST_SIGNING_KEY ?? unset.inngestSigningKey,
    stripeWebhookSecret: e.STRIPE_WEBHOOK_SECRET ?? unset.stripeWebhookSecret,
  };
}

/** The file with the generated secrets of an installation. */
export const secretsFile = (dataDir: string): string =>
  path.join(/* turbopackIgnore: true */ dataDir, 'secrets.json');

/** Whether the settings contain all secrets whose loss has consequences. The other two may be new at each start. */
const hasConfiguredSecrets = (e: Env): boolean =>
  !!(e.AUTH_SECRET && e.ENCRYPTION_KEYS && e.LINK_SIGNING_SECRET);

function storedSecrets(e: Env): Secrets {
  const file = secretsFile(e.dataDir);
  if (!existsSync(/* turbopackIgnore: true */ file)) {
    const database = path.join(/* turbopackIgnore: true */ e.dataDir, 'pglite', 'PG_VERSION');
    if (!e.DATABASE_URL && existsSync(/* turbopackIgnore: true */ database) && !mayRegenerate(e))
      throw new EnvError([`${file}: is missing, but the database beside it exists. ${RECOVERY_HINT}`]);
    create(file);
  }
  const found = read(file);
  if (found) return found;
  if (!mayRegenerate(e)) throw new EnvError([`${file}: is damaged and cannot be read. ${RECOVERY_HINT}`]);
  renameSync(/* turbopackIgnore: true */ file, `${file}.damaged-${Date.now()}`);
  create(file);
  return secretsSchema.parse(read(file));
}

/** Instructions for lost secrets. */
export const RECOVERY_HINT =
  'The sessions, the links in e-mails and the credentials of connected platforms need its keys. Put secrets.json back from a backup, ' +
  'or set AUTH_SECRET, ENCRYPTION_KEYS and LINK_SIGNING_SECRET as they were. If there is no backup, start once with ' +
  `TRIBUTARY_NEW_SECRETS=${NEW_SECRETS}: people sign in again and every platform has to be connected again`;

const mayRegenerate = (e: Env): boolean => hasConfiguredSecrets(e) || e.TRIBUTARY_NEW_SECRETS !== undefined;

const newSecrets = (): Secrets => ({
  authSecret: randomBytes(48).toString('base64url'),
  encryptionKeys: `k1:${randomBytes(32).toString('base64')}`,
  linkSigning: randomBytes(48).toString('base64url'),
  inngestSigningKey: `signkey-prod-${randomBytes(32).toString('hex')}`,
  stripeWebhookSecret: `whsec_${randomBytes(32).toString('hex')}`,
});

/** Reads the secrets. Returns undefined if the file does not contain all of them. Throws if it is not readable. */
function read(file: string): Secrets | undefined {
  const text = readFileSync(/* turbopackIgnore: true */ file, 'utf8');
  try {
    return secretsSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Writes new secrets if there are none. The content is on disk before the file gets its name, so that a power cut leaves all or nothing.
 */
function create(file: string): void {
  const folder = path.dirname(file);
  mkdirSync(/* turbopackIgnore: true */ folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = openSync(/* turbopackIgnore: true */ temporary, 'wx', 0o600);
  try {
    writeSync(handle, JSON.stringify(newSecrets(), null, 2));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    // Unlike a rename, this does not replace a file that another process has just created.
    linkSync(temporary, file);
    syncFolder(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(/* turbopackIgnore: true */ temporary, { force: true });
  }
  chmodSync(/* turbopackIgnore: true */ file, 0o600);
}

/** Makes a new name in a folder durable. Windows cannot open folders. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(/* turbopackIgnore: true */ folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
