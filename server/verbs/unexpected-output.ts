/** Thrown when a verb returns something that its output schema rejects. A bug, never the caller's mistake. */
export class UnexpectedOutput extends Error {
  constructor(verb: string, cause: unknown) {
    super(`${verb} returned output that does not match its schema`, { cause });
    this.name = 'UnexpectedOutput';
  }
}
