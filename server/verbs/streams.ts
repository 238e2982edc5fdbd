import { z } from 'zod';
import { mapStream } from '@/server/foundation/streams';
import { UnexpectedOutput } from './unexpected-output';

/**
 * The output of a verb that answers little by little: each value is parsed as it comes. The verb ends its work when the stream is
 * cancelled; an adapter has to read it to its end or cancel it. A value of another shape is the stream's error (UnexpectedOutput).
 */
export const stream = <S extends z.ZodType>(item: S) =>
  z.instanceof(ReadableStream).transform((values) =>
    mapStream(values as ReadableStream<unknown>, (value) => {
      const parsed = item.safeParse(value);
      if (!parsed.success) throw new UnexpectedOutput('a stream', parsed.error);
      return parsed.data;
    }),
  ) as unknown as z.ZodType<ReadableStream<z.output<S>>, ReadableStream<z.input<S>>>;

/** A piece of a file's content. */
export const piece = z.instanceof(Uint8Array<ArrayBufferLike>);
