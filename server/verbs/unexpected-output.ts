/** Thrown when a verb's own schema refuses its output. This is our fault, not the caller's. */
export class UnexpectedOutput extends Error {
  constructor(verb: string, cause: unknown) {
    super(`${verb} answered in a shape that its schema refuses`, { cause });
    this.name = 'UnexpectedOutput';
  }
}
