import { readOptions, sentOptions } from '@/server/connectors/kit/options';
import type { PlatformTraits } from '@/server/connectors/platform-traits';
import { AppError } from '@/server/foundation/errors';
import type { OptionValues } from '@/server/foundation/option-values';

/** The options of a platform call; without any, the field is missing. */
type Sent = { options?: Readonly<Record<string, string | boolean>> };

function sent(values: OptionValues): Sent {
  const options = sentOptions(values);
  return Object.keys(options).length > 0 ? { options } : {};
}

/**
 * Returns the options of a publication that is about to be sent. Throws `invalid` if they no longer fit, because the platform's fields have
 * changed since it was scheduled.
 */
export function optionsToSend(traits: PlatformTraits | null, stored: OptionValues): Sent {
  const { values, problems } = readOptions(traits?.options ?? [], stored, traits?.name ?? '');
  const [first] = problems;
  if (first) throw new AppError('invalid', first.message);
  return sent(values);
}

/** Returns the options with which a publication was sent. */
export function optionsAsSent(traits: PlatformTraits | null, stored: OptionValues): Sent {
  return sent({ ...readOptions(traits?.options ?? [], stored, traits?.name ?? '').values, ...stored });
}
