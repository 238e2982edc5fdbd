/** The steps that offer a larger plan, and that the person goes on with afterwards. */
const OFFERING = ['platforms', 'topics', 'automation'] as const;
export type Offering = (typeof OFFERING)[number];

/** The plan's step, opened from a later one. */
export const planHref = (from: Offering | null): string => `/onboarding/plan${from ? `?from=${from}` : ''}`;

/** The step that the person came from to change the plan; null for anything else. */
export const cameFrom = (value: unknown): Offering | null => OFFERING.find((step) => step === value) ?? null;
