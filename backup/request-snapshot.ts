import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { type SnapshotHead, type SnapshotSink, snapshotHeadSchema, tableName } from '@/db/snapshot-format';
import { type Secrets, secretsSchema } from '@/server/foundation/secrets';
import { BackupError } from './format';
import type { SnapshotAddress } from './serve-snapshots';

const answerSchema = z.union([
  z.object({ head: snapshotHeadSchema }),
  z.object({ table: z.string(), rows: z.array(z.string()) }),
  z.object({ secrets: secretsSchema }),
  z.object({ end: z.literal(true) }),
  z.object({ error: z.string() }),
]);

/** The process that uses the data folder cannot be reached. */
export class NotServed extends Error {
  override name = 'NotServed';
}

/** How long the running app may take until it sends the next batch, in milliseconds. */
const ANSWER_MS = 120_000;

/**
 * Gets a snapshot from the running app (serve-snapshots.ts) and passes it to the sink. Returns the app's keys. Throws NotServed if nothing
 * listens at the address, and BackupError if the snapshot was not completed.
 */
export async function requestSnapshot(
  { port, key }: Pick<SnapshotAddress, 'port' | 'key'>,
  sink: SnapshotSink,
): Promise<Secrets> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.setTimeout(ANSWER_MS, () => socket.destroy());
  await new Promise<void>((done, fail) => {
    socket.once('connect', done);
    socket.once('error', (error) => fail(new NotServed(error.message)));
  });
  socket.on('error', () => {});
  socket.setEncoding('utf8');
  socket.write(`${key}\n`);
  let head: SnapshotHead | undefined;
  let secrets: Secrets | undefined;
  let heard = false;
  try {
    for await (const line of linesOf(socket)) {
      heard = true;
      const answer = answerSchema.parse(JSON.parse(line));
      if ('end' in answer && secrets) return secrets;
      if ('error' in answer)
        throw new BackupError(
          answer.error === 'busy'
            ? 'Another backup of this installation is in progress. Try again when it has ended.'
            : 'The running app could not complete the snapshot. Its log says why. Nothing was written.',
        );
      if ('head' in answer) {
        head = answer.head;
        await sink.head(head);
      } else if ('rows' in answer) {
        const table = head?.tables.find((one) => tableName(one) === answer.table);
        if (!table)
          throw new BackupError('The running app sent rows of an unknown table. Nothing was written.');
        await sink.rows(table, answer.rows);
      } else if ('secrets' in answer) secrets = answer.secrets;
    }
  } finally {
    socket.destroy();
  }
  // Another program has the port, or the key is that of an earlier start.
  if (!heard) throw new NotServed('The connection was closed');
  throw new BackupError('The app ended before the snapshot was complete. Nothing was written. Try again.');
}

/** Reads no further than the caller does, unlike Node's readline. An error of the connection ends the lines. */
async function* linesOf(socket: Socket): AsyncGenerator<string> {
  const pieces: string[] = [];
  try {
    for await (const text of socket as AsyncIterable<string>) {
      const parts = text.split('\n');
      const rest = parts.pop() ?? '';
      for (const part of parts) {
        pieces.push(part);
        yield pieces.splice(0).join('');
      }
      pieces.push(rest);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}
