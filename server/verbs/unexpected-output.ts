/** An answer of ours that its own schema refuses: our fault, not the caller's. */
export class UnexpectedOutput extends Error {
  constructor(verb: string, cause: unknown) {
    super(`${verb} answered in a shape that its schema refuses`, { cause });
    this.name = 'UnexpectedOutput';
  }
}
