import { z } from 'zod';
import { mapStream } from '@/server/foundation/streams';
import { UnexpectedOutput } from './unexpected-output';

/**
 * Schema for the output of a verb that returns a stream. Each value is parsed as it arrives. The verb stops its work when the stream is
 * cancelled; an adapter has to read the stream to its end or cancel it. A value of another shape fails the stream with UnexpectedOutput.
 */
export const stream = <S extends z.ZodType>(item: S) =>
  z.instanceof(ReadableStream).transform((values) =>
    mapStream(values as ReadableStream<unknown>, (value) => {
      const parsed = item.safeParse(value);
      if (!parsed.success) throw new UnexpectedOutput('a stream', parsed.error);
      return parsed.data;
    }),
  ) as unknown as z.ZodType<ReadableStream<z.output<S>>, ReadableStream<z.input<S>>>;

/** Schema of a chunk of a file's content. */
export const piece = z.instanceof(Uint8Array<ArrayBufferLike>);
