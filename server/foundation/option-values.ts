/** A choice that the platform offered, with its name at the time, so that it can be shown without asking again. */
export interface RemoteChoice {
  readonly value: string;
  readonly label: string;
}
/** The value of one option of a publication. */
export type OptionValue = string | boolean | RemoteChoice;
/** A publication's options by the ids of the platform's fields. An option without a value is missing. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** Serializes options, whatever the order of their fields. Empty for none. */
export const optionsKey = (values: OptionValues): string =>
  Object.entries(values)
    .map(([id, value]) =>
      JSON.stringify([id, typeof value === 'object' ? [value.value, value.label] : value]),
    )
    .sort()
    .join();
