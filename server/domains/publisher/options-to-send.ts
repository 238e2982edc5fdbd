import { type OptionPost, type OptionTerms, readOptions, sentOptions } from '@/server/connectors/kit/options';
import { AppError } from '@/server/foundation/errors';
import type { OptionValues } from '@/server/foundation/option-values';

/** The options of a platform call; without any, the field is missing. */
type Sent = { options?: Readonly<Record<string, string | boolean>> };

function sent(values: OptionValues): Sent {
  const options = sentOptions(values);
  return Object.keys(options).length > 0 ? { options } : {};
}

/**
 * Returns the options of a publication that is about to be sent; `post` is null for what is attached to a post. Throws `invalid` if they no
 * longer fit, because the platform's fields or the account's limits have changed since it was scheduled.
 */
export function optionsToSend(terms: OptionTerms, stored: OptionValues, post: OptionPost | null): Sent {
  const { values, problems } = readOptions(terms, stored, post);
  const [first] = problems;
  if (first) throw new AppError('invalid', first.message);
  return sent(values);
}

/** Returns the options with which a publication was sent. */
export function optionsAsSent(terms: OptionTerms, stored: OptionValues): Sent {
  return sent({ ...readOptions(terms, stored, null).values, ...stored });
}
