// Decides in which order Vitest runs the test files.
import { readFileSync } from 'node:fs';
import { BaseSequencer } from 'vitest/node';

/**
 * Puts files of one kind together, because Vitest ends a shared process when the next file in the queue needs another kind. Files with a
 * process of their own, which may take long, come first, so that at the end the many short ones keep all workers busy.
 */
export class Sequencer extends BaseSequencer {
  /** @param {import('vitest/node').TestSpecification[]} files */
  async sort(files) {
    const sorted = await super.sort(files);
    const kinds = new Map(sorted.map((file) => [file, kindOf(file)]));
    return sorted.sort((a, b) => (kinds.get(a) ?? '').localeCompare(kinds.get(b) ?? ''));
  }
}

/**
 * Returns a key to sort by: own process or shared, project, environment.
 * @param {import('vitest/node').TestSpecification} file
 */
function kindOf({ moduleId, project }) {
  const environment = /^\/\/ @vitest-environment ([\w-]+)/m.exec(readFileSync(moduleId, 'utf8'))?.[1];
  return [project.config.isolate ? 'alone' : 'shared', project.name, environment ?? 'node'].join(' ');
}
