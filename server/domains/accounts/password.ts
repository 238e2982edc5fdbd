import { hash, verify } from '@node-rs/argon2';
import { PASSWORD_MAX } from './password-rules';

// Argon2id with the low-memory parameters of OWASP's password storage cheat sheet: 19 MiB, 2 passes, 1 lane.
// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
const OPTIONS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Returns the hash of a password, including its salt and parameters. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), OPTIONS);

let decoy: Promise<string> | undefined;

/** Checks a password against its hash. Without a hash (unknown address) it takes as long and returns false. */
export async function checkPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('no-account');
  // Awaited in either case, because the first call of a process computes it.
  const other = await decoy;
  const against = stored?.startsWith('$argon2') ? stored : other;
  const matches = await verify(against, password.normalize('NFKC').slice(0, PASSWORD_MAX * 4));
  return matches && against === stored;
}
