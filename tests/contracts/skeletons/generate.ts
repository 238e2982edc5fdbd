import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Asked, describeTypes } from './describe';
import { answersOf, type Source } from './documents';

const SANDBOX = path.resolve(import.meta.dirname, '../../../server/sandbox');

/** What a stand-in's `answers.json` says. */
interface Declared {
  documents: Source[];
  types: Asked;
}

/** Returns the text of each stand-in's skeletons.json, by its path. */
export async function generateSkeletons(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const id of readdirSync(SANDBOX)) {
    const file = path.join(SANDBOX, id, 'answers.json');
    if (!existsSync(file)) continue;
    const { documents, types } = JSON.parse(readFileSync(file, 'utf8')) as Declared;
    const skeletons = describeTypes(await Promise.all(documents.map(answersOf)), types);
    files.set(path.join(SANDBOX, id, 'skeletons.json'), `${JSON.stringify(skeletons, null, 2)}\n`);
  }
  return files;
}

/** Returns the paths of those files that are missing or differ from the contracts. */
export async function staleSkeletons(): Promise<string[]> {
  return [...(await generateSkeletons())]
    .filter(([file, text]) => !existsSync(file) || readFileSync(file, 'utf8') !== text)
    .map(([file]) => path.relative(SANDBOX, file));
}
