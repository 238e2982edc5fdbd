/** The steps that offer a larger plan, and to which the user returns afterwards. */
const OFFERING = ['platforms', 'topics', 'automation'] as const;
export type Offering = (typeof OFFERING)[number];

/** Link to the plan step from a later one. */
export const planHref = (from: Offering | null): string => `/onboarding/plan${from ? `?from=${from}` : ''}`;

/** Returns the step that the user left to change the plan; null for anything else. */
export const cameFrom = (value: unknown): Offering | null => OFFERING.find((step) => step === value) ?? null;
