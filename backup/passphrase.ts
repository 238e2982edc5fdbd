import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { BackupError, MIN_PASSPHRASE } from './format';

const SETTING = 'TRIBUTARY_BACKUP_PASSPHRASE';

const withoutLineEnd = (text: string) => text.replace(/[\r\n]+$/, '');
/** Ordinary spaces in place of no-break ones, which keyboards and documents insert unasked. */
const withSpaces = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

/**
 * Returns the form of a passphrase that backups are encrypted with. The same letters may arrive in other bytes from another keyboard, system
 * or file: composed or not, with a line end, or with no-break spaces.
 */
export const canonicalPassphrase = (typed: string): string =>
  withSpaces(withoutLineEnd(typed)).normalize('NFC');

/** Returns the forms in which a passphrase may have been used, the most likely first. Most passphrases have only one. */
export function passphraseForms(typed: string): string[] {
  const line = withoutLineEnd(typed);
  const given = [typed, line, withSpaces(line)];
  return [...new Set([canonicalPassphrase(typed), ...given, ...given.flatMap(bothNormalForms)])];
}
const bothNormalForms = (text: string) => [text.normalize('NFC'), text.normalize('NFD')];

/**
 * Returns the passphrase from the settings, or asks for it at the terminal without showing it: twice for a new one. Throws BackupError if
 * there is no terminal, or if a new one is too short.
 */
export async function getPassphrase(configured: string | undefined, isNew: boolean): Promise<string> {
  const passphrase = configured ?? (await askFor(isNew));
  if (isNew && canonicalPassphrase(passphrase).length < MIN_PASSPHRASE)
    throw new BackupError(
      `The passphrase must have at least ${MIN_PASSPHRASE} characters. Nothing was written. Several random words are easy to keep.`,
    );
  return passphrase;
}

async function askFor(isNew: boolean): Promise<string> {
  if (!process.stdin.isTTY)
    throw new BackupError(
      `There is no passphrase: set ${SETTING}, or run this at a terminal, which asks for it. Nothing was changed.`,
    );
  const passphrase = await ask('Passphrase of the backup: ');
  if (isNew && canonicalPassphrase(await ask('Once more: ')) !== canonicalPassphrase(passphrase))
    throw new BackupError('The two are not the same. Nothing was written.');
  return passphrase;
}

function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const terminal = createInterface({
    input: process.stdin,
    // What is typed is not shown.
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: true,
  });
  return new Promise((done, fail) => {
    terminal.once('SIGINT', () => fail(new BackupError('Cancelled. Nothing was changed.')));
    terminal.once('line', (line) => done(line));
    terminal.once('close', () => fail(new BackupError('Cancelled. Nothing was changed.')));
  }).finally(() => {
    terminal.close();
    process.stderr.write('\n');
  }) as Promise<string>;
}
